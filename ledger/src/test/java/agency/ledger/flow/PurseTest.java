package agency.ledger.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fact.FactMeta;
import agency.kernel.fault.Fault;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Caller;
import agency.kernel.metering.Permit;
import agency.ledger.adapter.journal.JournalFiles;
import agency.ledger.adapter.prices.PriceFile;
import agency.ledger.api.LedgerSettings;
import agency.ledger.domain.budget.BudgetCommand;
import agency.ledger.domain.budget.BudgetTerms;
import agency.ledger.domain.budget.ModelGroup;
import agency.ledger.domain.budget.Period;
import agency.ledger.domain.budget.Scope;
import agency.ledger.domain.budget.Unit;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.price.Tariff;
import agency.ledger.port.UsageJournal;
import agency.ledger.testing.HookedCommands;
import agency.ledger.testing.LedgerKit;
import agency.ledger.view.budgets.BudgetsInForce;
import agency.platform.log.Commands;
import agency.platform.testing.InMemoryEventLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurseTest {
    private static final LedgerSettings SETTINGS =
            new LedgerSettings("USD", List.of("local"), 1_024, 32, 1_000, 30);
    private static final PriceBook BOOK = new PriceFile().read(Set.of("local"));
    private static final UUID BUDGET = new UUID(5, 5);
    private static final long BOUND = 7_500_000;

    /** What befalls a command. */
    private enum Weather {
        FAIR,
        /** It is not recorded, and a fault says so. */
        AWAY,
        /** Something went wrong that nobody thought of. */
        BROKEN,
        /** It is recorded, and its answer is lost. */
        LOST
    }

    @TempDir Path root;
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-27T23:00:00Z"));
    private final AtomicReference<Weather> weather = new AtomicReference<>(Weather.FAIR);
    private final AtomicReference<CountDownLatch> gate =
            new AtomicReference<>(new CountDownLatch(0));
    private final AtomicInteger asks = new AtomicInteger();
    private final InMemoryEventLog log = LedgerKit.memoryLog();
    private final BudgetsInForce view = new BudgetsInForce();
    private final Commands real = OpenForTests.followed(log, view);
    private Budgets budgets;
    private Ledger ledger;
    private UsageJournal journal;

    /** Commands as the weather has it. */
    private Commands exposed() {
        return new HookedCommands(
                real,
                command -> {
                    asks.incrementAndGet();
                    try {
                        gate.get().await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    switch (weather.get()) {
                        case AWAY -> throw Fault.passing("test.away", "it is away", Map.of(), null);
                        case BROKEN -> throw new IllegalStateException("it is broken");
                        case FAIR, LOST -> {}
                    }
                },
                () -> {
                    if (weather.get() == Weather.LOST) {
                        throw Fault.passing("test.lost", "the answer is lost", Map.of(), null);
                    }
                });
    }

    @BeforeEach
    void open() {
        journal = new JournalFiles(root, SETTINGS, LedgerKit.SALTS).open("j-1");
        budgets =
                new Budgets(
                        view,
                        exposed(),
                        LedgerKit.IDS,
                        () -> now.get().toEpochMilli(),
                        key -> null,
                        key -> 0);
        ledger = new Ledger(() -> BOOK, name -> name, budgets, now::get, SETTINGS.openAttempts());
        ledger.open(journal);
    }

    @AfterEach
    void close() {
        budgets.close();
        journal.close();
    }

    private void budget(Period period, long cap, boolean hard) {
        command(
                new BudgetCommand.OpenBudget(
                        new BudgetTerms(
                                "b",
                                new Scope(Scope.Kind.KEY, LedgerKit.KEY),
                                Unit.MONEY,
                                period,
                                ModelGroup.ALL,
                                cap,
                                hard,
                                List.of()),
                        now.get()));
    }

    private void command(BudgetCommand command) {
        real.handle(
                agency.ledger.domain.budget.BudgetFacts.budget(1, BUDGET),
                new agency.ledger.domain.budget.Budgeting(),
                command,
                new FactMeta("test", BUDGET, null));
    }

    private Admission asked() {
        return OpenForTests.admit(ledger, LedgerKit.intent());
    }

    private Permit admitted() {
        Admission admission = asked();
        assertThat(admission).isInstanceOf(Admission.Admitted.class);
        return ((Admission.Admitted) admission).permit();
    }

    private long taken(Period period) {
        return view.state(BUDGET).stretch(period.at(now.get()).from()).taken();
    }

    @Test
    void asksToTryAgainWhileTheBudgetCannotBeAsked() {
        budget(Period.FOREVER, 2 * BOUND, true);
        weather.set(Weather.AWAY);
        assertThat(asked()).isEqualTo(new Admission.Overloaded(Ledger.RETRY_SECONDS));
        weather.set(Weather.BROKEN);
        assertThat(asked()).isEqualTo(new Admission.Overloaded(Ledger.RETRY_SECONDS));
        weather.set(Weather.FAIR);
        admitted();
        assertThat(budgets.closeAll()).as("an attempt is under way").isFalse();
    }

    @Test
    void learnsWhatItHasWhenAnAnswerWasLost() {
        budget(Period.FOREVER, 3 * BOUND, true);
        weather.set(Weather.LOST);
        assertThat(asked()).isInstanceOf(Admission.Overloaded.class);
        weather.set(Weather.FAIR);
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            permits.add(admitted());
        }
        assertThat(asked()).isInstanceOf(Admission.Exhausted.class);
        assertThat(taken(Period.FOREVER)).isEqualTo(3 * BOUND);
        // Near the cap what comes back is given back at once, and this answer is lost too.
        weather.set(Weather.LOST);
        permits.forEach(one -> one.settle(LedgerKit.used(0, 0)));
        LedgerKit.await("given back", () -> taken(Period.FOREVER) == 0);
        weather.set(Weather.FAIR);
        admitted();
    }

    @Test
    void closesASliceOfWhichItNeverHeard() {
        budget(Period.FOREVER, 3 * BOUND, true);
        weather.set(Weather.LOST);
        assertThat(asked()).isInstanceOf(Admission.Overloaded.class);
        weather.set(Weather.FAIR);
        assertThat(taken(Period.FOREVER)).isPositive();
        assertThat(budgets.closeAll()).isTrue();
        assertThat(taken(Period.FOREVER)).as("stranded").isZero();
    }

    @Test
    void learnsWhatItHasWhenItGivesBack() {
        budget(Period.FOREVER, 3 * BOUND, true);
        Permit first = admitted();
        weather.set(Weather.LOST);
        assertThat(asked()).isInstanceOf(Admission.Overloaded.class);
        weather.set(Weather.FAIR);
        assertThat(taken(Period.FOREVER)).isGreaterThanOrEqualTo(2 * BOUND);
        first.settle(LedgerKit.used(0, 0));
        LedgerKit.await("all of it is given back", () -> taken(Period.FOREVER) == 0);
    }

    @Test
    void whoNeedsLessIsNotRefusedWithWhoNeedsMore() throws Exception {
        budget(Period.FOREVER, BOUND - 1, true);
        CountDownLatch held = new CountDownLatch(1);
        gate.set(held);
        List<CompletableFuture<Admission>> answers = new ArrayList<>();
        // The first is being asked about when the others come.
        for (String model : List.of("gpt-4o-mini", "gpt-4o", "gpt-4o-mini")) {
            CompletableFuture<Admission> answer = new CompletableFuture<>();
            answers.add(answer);
            ledger.admit(
                    LedgerKit.intent(LedgerKit.IDS.next(), LedgerKit.KEY, "openai", model),
                    answer::complete);
            LedgerKit.await("the first is being asked about", () -> asks.get() > 0);
        }
        held.countDown();
        assertThat(answers.get(0).get()).isInstanceOf(Admission.Admitted.class);
        assertThat(answers.get(1).get()).isInstanceOf(Admission.Exhausted.class);
        assertThat(answers.get(2).get()).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void takesLessAheadWhenASliceHasLastedLong() {
        budget(Period.FOREVER, BudgetTerms.MAX_CAP, true);
        long first = grown();
        long second = grown();
        assertThat(second)
                .as("a slice that did not last is followed by a larger one")
                .isGreaterThan(first);
        now.set(now.get().plus(Duration.ofMinutes(1)));
        assertThat(grown()).isLessThan(second);
    }

    /** Uses up what is set aside until more is; how much that is. */
    private long grown() {
        long before = taken(Period.FOREVER);
        while (taken(Period.FOREVER) == before) {
            admitted().settle(LedgerKit.used(1_000, 500));
        }
        return taken(Period.FOREVER) - before;
    }

    @Test
    void forgetsChainsRatherThanGrowForEver() {
        Tariff tariff = Tariff.of("openai", "gpt-4o", null);
        Caller caller = LedgerKit.intent().caller();
        Budgets.Chain chain = budgets.chain(caller, tariff);
        assertThat(budgets.chain(caller, tariff)).isSameAs(chain);
        for (int i = 0; i < Budgets.MAX_CHAINS; i++) {
            budgets.chain(new Caller(1, LedgerKit.PROJECT, null, new UUID(1, i)), tariff);
        }
        assertThat(budgets.chain(caller, tariff)).isNotSameAs(chain);
    }

    @Test
    void refusesPausesThatWouldSpin() {
        assertThatThrownBy(() -> new DrainPauses(0, 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tokensBoundWhatHasNoPrice() {
        real.handle(
                agency.ledger.domain.budget.BudgetFacts.budget(1, BUDGET),
                new agency.ledger.domain.budget.Budgeting(),
                new BudgetCommand.OpenBudget(
                        new BudgetTerms(
                                "t",
                                new Scope(Scope.Kind.KEY, LedgerKit.KEY),
                                Unit.TOKENS,
                                Period.FOREVER,
                                ModelGroup.ALL,
                                1_500,
                                true,
                                List.of()),
                        now.get()),
                new FactMeta("test", BUDGET, null));
        var unpriced = LedgerKit.intent(LedgerKit.IDS.next(), LedgerKit.KEY, "nobody", "m");
        assertThat(OpenForTests.admit(ledger, unpriced)).isInstanceOf(Admission.Admitted.class);
        assertThat(OpenForTests.admit(ledger, unpriced))
                .isEqualTo(new Admission.Exhausted("the budget 't'", true, 1_500, 0, 1_500, 0));
    }

    @Test
    void aRefusalIsRepeatedFromMemoryUntilSomethingHappens() {
        budget(Period.FOREVER, BOUND, true);
        Permit only = admitted();
        assertThat(asked()).isInstanceOf(Admission.Exhausted.class);
        int before = asks.get();
        for (int i = 0; i < 500; i++) {
            assertThat(asked()).isInstanceOf(Admission.Exhausted.class);
        }
        assertThat(asks.get() - before).as("asked on record").isLessThan(50);
        only.settle(LedgerKit.used(0, 0));
        LedgerKit.await(
                "what came back is given out again", () -> asked() instanceof Admission.Admitted);
    }

    @Test
    void whoWaitsWhenABudgetIsClosedIsAdmitted() throws Exception {
        budget(Period.FOREVER, 0, true);
        CountDownLatch held = new CountDownLatch(1);
        gate.set(held);
        CompletableFuture<Admission> answer = new CompletableFuture<>();
        ledger.admit(LedgerKit.intent(), answer::complete);
        command(new BudgetCommand.CloseBudget(now.get()));
        held.countDown();
        assertThat(answer.get()).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void countsANewDayForItselfAndClosesTheOldOne() {
        Period day = new Period(Period.Kind.DAY, 0, "UTC");
        budget(day, BOUND, true);
        Permit yesterday = admitted();
        long from = day.at(now.get()).from();
        Admission no = asked();
        assertThat(no).isInstanceOf(Admission.Exhausted.class);
        assertThat(((Admission.Exhausted) no).renewsAt())
                .isEqualTo(Instant.parse("2026-11-28T00:00:00Z").getEpochSecond());
        now.set(now.get().plus(Duration.ofHours(2)));
        admitted().settle(LedgerKit.used(0, 0));
        assertThat(view.state(BUDGET).stretch(from).slices()).isNotEmpty();
        yesterday.settle(LedgerKit.used(1_000, 0));
        LedgerKit.await(
                "yesterday is closed", () -> view.state(BUDGET).stretch(from).slices().isEmpty());
        assertThat(view.state(BUDGET).stretch(from).posted()).isEqualTo(2_500_000);
    }

    @Test
    void aSoftBudgetRefusesNothingAndAnUnpricedModelIsNotUnderMoney() {
        budget(Period.FOREVER, 0, false);
        admitted();
        assertThat(
                        OpenForTests.admit(
                                ledger,
                                LedgerKit.intent(
                                        LedgerKit.IDS.next(), LedgerKit.KEY, "nobody", "m")))
                .isInstanceOf(Admission.Admitted.class);
        assertThat(budgets.aside(BUDGET, 0)).isEqualTo(Budgets.Aside.NOTHING);
    }

    @Test
    void doesNotLetMoreWaitThanItCanRemember() {
        budget(Period.FOREVER, BudgetTerms.MAX_CAP, true);
        CountDownLatch held = new CountDownLatch(1);
        gate.set(held);
        List<CompletableFuture<Admission>> answers = new ArrayList<>();
        for (int i = 0; i < 2 * Purse.MAX_WAITING + 10; i++) {
            CompletableFuture<Admission> answer = new CompletableFuture<>();
            answers.add(answer);
            ledger.admit(LedgerKit.intent(), answer::complete);
        }
        assertThat(answers)
                .anySatisfy(one ->
                        assertThat(one)
                                .isCompletedWithValue(
                                        new Admission.Overloaded(Ledger.RETRY_SECONDS)));
        held.countDown();
        for (CompletableFuture<Admission> one : answers) {
            Admission admission = one.join();
            if (admission instanceof Admission.Admitted(Permit permit)) {
                permit.settle(LedgerKit.used(0, 0));
            }
        }
        assertThat(budgets.closeAll()).isTrue();
        assertThat(taken(Period.FOREVER)).isZero();
    }

    @Test
    void aSliceThatCannotBeClosedIsLeftForTheNextStart() {
        budget(Period.FOREVER, 100 * BOUND, true);
        admitted().settle(LedgerKit.used(0, 0));
        weather.set(Weather.AWAY);
        assertThat(budgets.closeAll()).isFalse();
        weather.set(Weather.FAIR);
        assertThat(budgets.closeAll()).isTrue();
    }
}
