package agency.ledger.flow;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.metering.Admission;
import agency.kernel.metering.Permit;
import agency.kernel.money.Nanos;
import agency.ledger.adapter.journal.JournalFiles;
import agency.ledger.adapter.prices.PriceFile;
import agency.ledger.api.LedgerSettings;
import agency.ledger.domain.budget.BudgetTerms;
import agency.ledger.domain.price.ModelName;
import agency.ledger.domain.price.Price;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.price.PriceSet;
import agency.ledger.domain.price.Rate;
import agency.ledger.port.JournalReading;
import agency.ledger.port.UsageJournal;
import agency.ledger.testing.LedgerKit;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final LedgerSettings SETTINGS =
            new LedgerSettings("USD", List.of("local"), 64, 8, 20, 30);
    private static final PriceBook SHIPPED = new PriceFile().read(Set.of("local"));
    private static final UUID KEY = LedgerKit.KEY;

    @TempDir Path root;
    private final AtomicReference<PriceBook> book = new AtomicReference<>(SHIPPED);
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
    private final Map<UUID, Nanos> caps = new HashMap<>();
    private Budgets budgets;
    private Ledger ledger;
    private UsageJournal journal;

    @BeforeEach
    void open() {
        journal = new JournalFiles(root, SETTINGS, LedgerKit.SALTS).open("a-1");
        budgets = OpenForTests.budgets(now::get, caps::get);
        ledger =
                new Ledger(
                        book::get,
                        provider -> provider.equals("my-openai") ? "openai" : provider,
                        budgets,
                        now::get,
                        SETTINGS.openAttempts());
    }

    @AfterEach
    void close() {
        journal.close();
    }

    /** What all attempts of the journal have cost, those without a price left out. */
    private long spent() {
        long sum = 0;
        JournalReading reading = journal.read();
        for (var one = reading.next(); one != null; one = reading.next()) {
            sum += Math.max(0, one.costNanos());
        }
        return sum;
    }

    private static Admission exhausted(long cap, long left, long bound) {
        return new Admission.Exhausted("key/" + KEY, false, cap, left, bound, 0);
    }

    private Permit admitted(String provider, String model) {
        Admission admission =
                OpenForTests.admit(
                        ledger, LedgerKit.intent(LedgerKit.IDS.next(), KEY, provider, model));
        assertThat(admission).isInstanceOf(Admission.Admitted.class);
        return ((Admission.Admitted) admission).permit();
    }

    @Test
    void admitsNothingBeforeItIsOpenAndAfterItStops() {
        assertThat(OpenForTests.admit(ledger, LedgerKit.intent()))
                .isInstanceOf(Admission.Overloaded.class);
        ledger.open(journal);
        Permit permit = admitted("openai", "gpt-4o");
        ledger.stopAdmitting();
        assertThat(OpenForTests.admit(ledger, LedgerKit.intent()))
                .isInstanceOf(Admission.Overloaded.class);
        assertThat(permit.settle(LedgerKit.used(1, 1))).as("what is under way can end").isTrue();
        assertThat(journal.read().next()).isNotNull();
    }

    @Test
    void postsWhatWasUsedAtThePriceItWasAdmittedAt() {
        ledger.open(journal);
        Permit permit = admitted("openai", "gpt-4o");
        set("openai", "gpt-4o", 1);
        assertThat(permit.settle(LedgerKit.used(1_000, 100))).isTrue();
        assertThat(permit.settle(LedgerKit.used(1_000, 100))).as("a second time").isFalse();
        assertThat(spent()).isEqualTo(3_500_000);
        assertThat(journal.read().next().costNanos()).isEqualTo(3_500_000);
        admitted("openai", "gpt-4o").settle(LedgerKit.used(1_000_000, 0));
        assertThat(spent()).as("the new price since").isEqualTo(3_500_001);
        assertThat(ledger.openAttempts()).isZero();
        assertThat(ledger.unwrittenOutcomes()).isZero();
    }

    private void set(String provider, String model, long nanosPerMillion) {
        Price price = Price.of(Rate.flat(nanosPerMillion), Rate.FREE);
        book.set(
                SHIPPED.with(
                        Map.of(
                                new ModelName(provider, model),
                                List.of(new PriceSet(provider, model, now.get(), price)))));
    }

    @Test
    void usesTheVendorsPricesForAProviderOfAnotherName() {
        ledger.open(journal);
        admitted("my-openai", "gpt-4o").settle(LedgerKit.used(1_000, 100));
        assertThat(spent()).isEqualTo(3_500_000);
    }

    @Test
    void changesThePriceAtTheMomentItChanges() {
        ledger.open(journal);
        admitted("deepseek", "deepseek-chat").settle(LedgerKit.used(1_000_000, 0));
        assertThat(spent()).isEqualTo(270_000_000);
        now.set(Instant.parse("2026-11-21T16:29:59.999Z"));
        admitted("deepseek", "deepseek-chat").settle(LedgerKit.used(1_000_000, 0));
        assertThat(spent()).isEqualTo(540_000_000);
        now.set(Instant.parse("2026-11-21T16:30:00Z"));
        admitted("deepseek", "deepseek-chat").settle(LedgerKit.used(1_000_000, 0));
        assertThat(spent()).isEqualTo(675_000_000);
    }

    @Test
    void holdsAKeyToItsCap() {
        ledger.open(journal);
        // One attempt is bounded by 1000 tokens in at 2.5 and 500 out at 10 per million.
        long bound = 7_500_000;
        caps.put(KEY, new Nanos(2 * bound));
        Permit first = admitted("openai", "gpt-4o");
        admitted("openai", "gpt-4o");
        assertThat(OpenForTests.admit(ledger, LedgerKit.intent()))
                .isEqualTo(exhausted(2 * bound, 0, bound));
        first.settle(LedgerKit.used(10, 0));
        assertThat(OpenForTests.admit(ledger, LedgerKit.intent()))
                .as("what is left is less than a bound")
                .isInstanceOf(Admission.Exhausted.class);
        UUID other = new UUID(9, 9);
        assertThat(
                        OpenForTests.admit(
                                ledger,
                                LedgerKit.intent(LedgerKit.IDS.next(), other, "openai", "gpt-4o")))
                .isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void refusesOnACappedKeyWhatHasNoPriceButNotWhatIsFree() {
        ledger.open(journal);
        caps.put(KEY, new Nanos(0L));
        assertThat(
                        OpenForTests.admit(
                                ledger, LedgerKit.intent(LedgerKit.IDS.next(), KEY, "nobody", "m")))
                .isEqualTo(new Admission.Unpriced("nobody", "m", "key/" + KEY));
        admitted("local", "qwen").settle(LedgerKit.used(1_000, 1_000));
        assertThat(spent()).isZero();
        assertThat(
                        OpenForTests.admit(
                                ledger,
                                LedgerKit.intent(
                                        LedgerKit.IDS.next(), new UUID(9, 9), "nobody", "m")))
                .as("a key without a cap")
                .isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void countsAttemptsThatBeatTheirBound() {
        ledger.open(journal);
        caps.put(KEY, new Nanos(1_000_000_000L));
        admitted("openai", "gpt-4o").settle(LedgerKit.used(1_000, 500));
        assertThat(ledger.beyondBound()).isZero();
        admitted("openai", "gpt-4o").settle(LedgerKit.used(1_001, 500));
        assertThat(ledger.beyondBound()).isEqualTo(1);
        assertThat(spent()).as("recorded as reported").isEqualTo(15_002_500);
    }

    @Test
    void isNeverOverspentByManyAtOnce() throws InterruptedException {
        ledger.open(journal);
        long bound = 7_500_000;
        caps.put(KEY, new Nanos(10 * bound));
        AtomicInteger admitted = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < 200; i++) {
                                    if (OpenForTests.admit(ledger, LedgerKit.intent())
                                            instanceof Admission.Admitted(Permit permit)) {
                                        admitted.incrementAndGet();
                                        permit.settle(LedgerKit.used(1_000, 500));
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(admitted.get()).isEqualTo(10);
        assertThat(spent()).isEqualTo(10 * bound);
    }

    @Test
    void refusesMoreAttemptsAtOnceThanAllowed() {
        ledger.open(journal);
        List<Permit> open = new ArrayList<>();
        for (int i = 0; i < SETTINGS.openAttempts(); i++) {
            open.add(admitted("openai", "gpt-4o"));
        }
        assertThat(OpenForTests.admit(ledger, LedgerKit.intent()))
                .isEqualTo(new Admission.Overloaded(Ledger.RETRY_SECONDS));
        open.getFirst().settle(LedgerKit.used(1, 1));
        admitted("openai", "gpt-4o");
    }

    @Test
    void refusesWhenTheJournalIsFullAndGivesBackWhatWasHeld() {
        ledger.open(journal);
        caps.put(KEY, new Nanos(BudgetTerms.MAX_CAP));
        int admitted = 0;
        while (OpenForTests.admit(ledger, LedgerKit.intent())
                instanceof Admission.Admitted(Permit permit)) {
            permit.settle(LedgerKit.used(0, 0));
            admitted++;
        }
        assertThat(admitted).isPositive();
        assertThat(ledger.openAttempts()).isZero();
        assertThat(ledger.unwrittenOutcomes()).isZero();
        assertThat(budgets.aside(KEY, 0).held()).isZero();
    }

    @Test
    void carriesOnlyWhatIsStillOpen() {
        ledger.open(journal);
        Permit permit = admitted("openai", "gpt-4o");
        var reading = journal.read();
        reading.next();
        var open = reading.unfinished().getFirst();
        ledger.carry(open);
        permit.settle(LedgerKit.used(1, 1));
        ledger.carry(open);
        assertThat(reading.next()).isNotNull();
        assertThat(reading.next()).isNull();
        assertThat(reading.unfinished()).as("no intent behind its outcome").isEmpty();
    }

    @Test
    void forgetsTariffsRatherThanGrowForEver() {
        Tariffs tariffs = new Tariffs(book::get, name -> name);
        for (int i = 0; i <= Tariffs.MAX_MODELS + 1; i++) {
            tariffs.of("openai", "m" + i, 0);
        }
        assertThat(tariffs.of("openai", "gpt-4o", 0).version()).isNotNull();
        assertThat(tariffs.of("openai", "gpt-4o", 0))
                .isSameAs(tariffs.of("openai", "gpt-4o", Tariffs.MAX_AGE_MILLIS - 1))
                .isNotSameAs(tariffs.of("openai", "gpt-4o", Tariffs.MAX_AGE_MILLIS));
    }
}
