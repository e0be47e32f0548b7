package agency.ledger.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Position;
import agency.kernel.fault.Fault;
import agency.ledger.adapter.journal.JournalFiles;
import agency.ledger.api.LedgerSettings;
import agency.ledger.domain.budget.BudgetTerms;
import agency.ledger.domain.budget.Charge;
import agency.ledger.domain.budget.ModelGroup;
import agency.ledger.domain.budget.Period;
import agency.ledger.domain.budget.Scope;
import agency.ledger.domain.budget.Unit;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.price.Tariff;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageRecorded;
import agency.ledger.testing.AnsweringLog;
import agency.ledger.testing.LedgerKit;
import agency.ledger.view.budgets.BudgetsInForce;
import agency.ledger.view.usagebybudget.BudgetUsage;
import agency.platform.log.Appended;
import agency.platform.log.StreamCommands;
import agency.platform.projection.Instances;
import agency.platform.projection.MemoryView;
import agency.platform.projection.Projection;
import agency.platform.projection.Projections;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostUsageTest {
    private static final Position AT = new Position(new UUID(1, 1), 0, 5);

    @TempDir Path root;

    private static UsageRecorded fact(long through) {
        OpenAttempt open =
                new OpenAttempt(
                        1, LedgerKit.intent(), Tariff.of("p", "m", null), Charge.NONE, 1_000);
        return UsageBatch.pack(List.of(open.ended(LedgerKit.used(1, 1))), through, 0);
    }

    private static PostUsage posting(CompletableFuture<Appended> answer) {
        return new PostUsage(new AnsweringLog(LedgerKit.memoryLog(), answer), "a-1", LedgerKit.IDS);
    }

    private static PostUsage posting(Appended answer) {
        return posting(CompletableFuture.completedFuture(answer));
    }

    @Test
    void takesARepetitionForPosted() throws InterruptedException {
        PostUsage posting = posting(new Appended.Duplicate(AT));
        assertThat(posting.post(List.of(fact(7)))).isTrue();
        assertThat(posting.through()).isEqualTo(7);
        assertThat(posting.last()).isEqualTo(AT);
    }

    @Test
    void saysWhenAnotherHasPosted() throws InterruptedException {
        PostUsage posting = posting(new Appended.WrongVersion(3));
        assertThat(posting.post(List.of(fact(7)))).isFalse();
        assertThat(posting.through()).isZero();
        assertThat(posting.catchUp()).isFalse();
    }

    @Test
    void faultsWhenTheOutcomeIsUnknown() {
        PostUsage broken = posting(CompletableFuture.failedFuture(new RuntimeException("gone")));
        assertThatThrownBy(() -> broken.post(List.of(fact(7))))
                .isInstanceOfSatisfying(
                        Fault.class,
                        fault -> assertThat(fault.code()).isEqualTo("ledger.posting-unknown"));
        Fault own = Fault.passing("test.gone", "Gone.", Map.of(), null);
        PostUsage away = posting(CompletableFuture.failedFuture(own));
        assertThatThrownBy(() -> away.post(List.of(fact(7)))).isSameAs(own);
    }

    @Test
    void knowsThatItClaimsNothing() {
        PostUsage posting = posting(new Appended.Taken("slug"));
        assertThatThrownBy(() -> posting.post(List.of(fact(7))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slug");
    }

    private static final class Shown implements Projections {
        private final boolean shown;

        Shown(boolean shown) {
            this.shown = shown;
        }

        @Override
        public void add(Projection projection) {}

        @Override
        public void add(MemoryView view) {}

        @Override
        public boolean await(Position position, List<String> projections, Duration atMost) {
            return shown;
        }

        @Override
        public int generation(String projection) {
            return 1;
        }

        @Override
        public List<Standing> standings() {
            return List.of();
        }
    }

    private static final class Alone implements Instances {
        @Override
        public UUID self() {
            return new UUID(3, 3);
        }

        @Override
        public long epoch() {
            return 1;
        }

        @Override
        public boolean mayAdmit() {
            return true;
        }

        @Override
        public long databaseMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public boolean awaitApplied(Position position, Duration atMost) {
            return true;
        }
    }

    private LedgerPart part(boolean shown, Runnable tidy) {
        PriceBook book = new PriceBook("test", LocalDate.EPOCH, List.of(), Set.of());
        Budgets budgets = OpenForTests.budgets(InstantSource.system(), key -> null);
        return new LedgerPart(
                new LedgerPart.Needs(
                        new Ledger(() -> book, name -> name, budgets, InstantSource.system(), 64),
                        new JournalFiles(
                                root,
                                new LedgerSettings("USD", List.of(), 64, 8, 64, 30),
                                LedgerKit.SALTS),
                        LedgerKit.memoryLog(),
                        new Shown(shown),
                        new Alone(),
                        budgets,
                        new BudgetsInForce(),
                        new BudgetUsage(
                                Jdbi.create(() -> {
                                    throw new SQLException("there is no database");
                                }),
                                () -> 1),
                        LedgerKit.IDS,
                        tidy,
                        List.of("log")));
    }

    @Test
    void doesNotStartBeforeItKnowsWhatKeysHaveSpent() {
        LedgerPart part = part(false, () -> {});
        assertThatThrownBy(part::start)
                .isInstanceOf(Fault.class)
                .hasMessageContaining("has not caught up");
        assertThat(part.posted()).isZero();
        assertThat(part.damaged()).isZero();
        part.close();
    }

    @Test
    void saysWhenNotEveryInstanceKnowsOfABudgetYet() {
        KeepBudgets late =
                new KeepBudgets(
                        new StreamCommands(LedgerKit.memoryLog()),
                        new Shown(false),
                        new Alone(),
                        LedgerKit.IDS,
                        InstantSource.system());
        BudgetTerms terms =
                new BudgetTerms(
                        "b",
                        Scope.organisation(1),
                        Unit.TOKENS,
                        Period.FOREVER,
                        ModelGroup.ALL,
                        1,
                        true,
                        List.of());
        assertThatThrownBy(() -> late.open(1, terms, new FactMeta("test", new UUID(1, 1), null)))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("not every instance");
    }

    @Test
    void startsAndStopsThoughTidyingFails() {
        AtomicInteger tried = new AtomicInteger();
        LedgerPart part =
                part(
                        true,
                        () -> {
                            tried.incrementAndGet();
                            throw new IllegalStateException("no database");
                        });
        part.start();
        LedgerKit.await("tidied", () -> tried.get() > 0);
        assertThat(part.name()).isEqualTo("ledger");
        assertThat(part.purpose()).contains("journals");
        assertThat(part.uses()).containsExactly("log");
        part.close();
        part.close();
    }

    @Test
    void settlesNothingItDoesNotKnow() throws Exception {
        PriceBook book = new PriceBook("test", LocalDate.EPOCH, List.of(), Set.of());
        Ledger one = OpenForTests.ledger(() -> book, name -> name, InstantSource.system(), 64);
        one.carry(
                new OpenAttempt(1, LedgerKit.intent(), Tariff.of("p", "m", null), Charge.NONE, 1));
        assertThat(one.openAttempts()).isZero();
        var journal =
                new JournalFiles(
                                root,
                                new LedgerSettings("USD", List.of(), 64, 8, 64, 30),
                                LedgerKit.SALTS)
                        .open("z-1");
        one.open(journal);
        var permit =
                ((agency.kernel.metering.Admission.Admitted)
                                OpenForTests.admit(one, LedgerKit.intent()))
                        .permit();
        journal.close();
        permit.settle(LedgerKit.used(1, 1));
        assertThat(one.unwrittenOutcomes()).as("closed under it").isEqualTo(1);
        assertThat(one.openAttempts()).isZero();
    }
}
