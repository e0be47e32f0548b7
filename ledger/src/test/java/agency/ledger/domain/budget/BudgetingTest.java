package agency.ledger.domain.budget;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.decision.Decision;
import agency.kernel.decision.Spec;
import agency.ledger.domain.budget.BudgetCommand.ChangeBudget;
import agency.ledger.domain.budget.BudgetCommand.CloseBudget;
import agency.ledger.domain.budget.BudgetCommand.CloseSlice;
import agency.ledger.domain.budget.BudgetCommand.OpenBudget;
import agency.ledger.domain.budget.BudgetCommand.ReachShare;
import agency.ledger.domain.budget.BudgetCommand.ReturnSlice;
import agency.ledger.domain.budget.BudgetCommand.TakeSlice;
import agency.ledger.domain.budget.BudgetEvent.BudgetChanged;
import agency.ledger.domain.budget.BudgetEvent.BudgetClosed;
import agency.ledger.domain.budget.BudgetEvent.BudgetOpened;
import agency.ledger.domain.budget.BudgetEvent.ShareReached;
import agency.ledger.domain.budget.BudgetEvent.SliceClosed;
import agency.ledger.domain.budget.BudgetEvent.SliceReturned;
import agency.ledger.domain.budget.BudgetEvent.SliceTaken;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BudgetingTest {
    private static final Instant AT = Instant.parse("2026-11-27T12:00:00Z");
    private static final Span EVER = Span.EVER;

    private static final Spec<BudgetCommand, BudgetState, BudgetEvent, BudgetRefusal> BUDGET =
            Spec.of(new Budgeting());

    private static BudgetTerms terms(Period period, long cap) {
        return new BudgetTerms(
                "b",
                new Scope(Scope.Kind.PROJECT, new UUID(1, 1)),
                Unit.MONEY,
                period,
                ModelGroup.ALL,
                cap,
                true,
                List.of());
    }

    private static BudgetOpened opened(long cap) {
        return new BudgetOpened(terms(Period.FOREVER, cap), AT);
    }

    private static TakeSlice take(long believed, long least, long want) {
        return new TakeSlice(null, EVER, "j", believed, least, least, want, AT);
    }

    @Test
    void opensOnceChangesWithinItsBoundsAndCloses() {
        BudgetTerms terms = terms(Period.FOREVER, 100);
        BUDGET.when(new OpenBudget(terms, AT)).then(new BudgetOpened(terms, AT));
        BUDGET.given(opened(100))
                .when(new OpenBudget(terms, AT))
                .thenRefused(new BudgetRefusal.Known());
        BUDGET.when(new ChangeBudget(terms, AT)).thenRefused(new BudgetRefusal.Unknown());
        BUDGET.given(opened(100)).when(new ChangeBudget(terms, AT)).thenNothing();
        BudgetTerms more = terms(Period.FOREVER, 200);
        BUDGET.given(opened(100))
                .when(new ChangeBudget(more, AT))
                .then(new BudgetChanged(more, AT));
        BUDGET.given(opened(100))
                .when(new ChangeBudget(terms(new Period(Period.Kind.DAY, 0, "UTC"), 100), AT))
                .thenRefused(new BudgetRefusal.OtherBounds());
        BUDGET.when(new CloseBudget(AT)).thenRefused(new BudgetRefusal.Unknown());
        BUDGET.given(opened(100)).when(new CloseBudget(AT)).then(new BudgetClosed(AT));
        BUDGET.given(opened(100), new BudgetClosed(AT)).when(new CloseBudget(AT)).thenNothing();
        BUDGET.given(opened(100), new BudgetClosed(AT))
                .when(new ChangeBudget(more, AT))
                .thenRefused(new BudgetRefusal.Closed());
        BUDGET.given(opened(100), new BudgetClosed(AT))
                .when(take(0, 1, 1))
                .thenRefused(new BudgetRefusal.Closed());
    }

    @Test
    void setsAsideWhatIsNeededAndAShrinkingPartOfWhatIsLeft() {
        BUDGET.when(take(0, 1, 1)).thenRefused(new BudgetRefusal.Unknown());
        BUDGET.given(opened(1_600)).when(take(0, 10, 10)).then(new SliceTaken(0, "j", 10));
        BUDGET.given(opened(1_600))
                .when(take(0, 0, 1_000_000))
                .then(new SliceTaken(0, "j", 1_600 / Budgeting.PART));
        BUDGET.given(opened(1_600), new SliceTaken(0, "k", 1_590))
                .when(take(0, 10, 1_000))
                .then(new SliceTaken(0, "j", 10));
        BUDGET.given(opened(1_600), new SliceTaken(0, "k", 1_591))
                .when(take(0, 10, 10))
                .thenRefused(new BudgetRefusal.Exhausted(1_600, 9));
        BUDGET.given(opened(1_600), new SliceTaken(0, "k", 1_591))
                .when(new TakeSlice(null, EVER, "j", 0, 5, 100, 100, AT))
                .then(new SliceTaken(0, "j", 9));
        BUDGET.given(opened(0)).when(take(0, 0, 0)).thenNothing();
    }

    @Test
    void tellsAJournalWhatItHasWhenItBelievesOtherwise() {
        BUDGET.given(opened(100), new SliceTaken(0, "j", 10))
                .when(take(0, 1, 1))
                .thenRefused(new BudgetRefusal.Otherwise(10));
        BUDGET.given(opened(100), new SliceTaken(0, "j", 10))
                .when(new ReturnSlice(EVER, "j", 9, 1))
                .thenRefused(new BudgetRefusal.Otherwise(10));
        BUDGET.given(opened(100), new SliceTaken(0, "j", 10))
                .when(new ReturnSlice(EVER, "j", 10, 4))
                .then(new SliceReturned(0, "j", 4));
        BUDGET.given(opened(100), new SliceTaken(0, "j", 10), new SliceReturned(0, "j", 4))
                .when(new ReturnSlice(EVER, "j", 6, 0))
                .thenNothing();
    }

    @Test
    void whatAClosedJournalDidNotUseIsFreeAgain() {
        BUDGET.given(opened(100), new SliceTaken(0, "j", 100))
                .when(new CloseSlice(EVER, "j", 40))
                .then(new SliceClosed(0, "j", 40));
        BUDGET.given(opened(100), new SliceTaken(0, "j", 100), new SliceClosed(0, "j", 40))
                .when(new CloseSlice(EVER, "j", 40))
                .thenNothing();
        BUDGET.given(opened(100), new SliceTaken(0, "j", 100), new SliceClosed(0, "j", 40))
                .when(new TakeSlice(null, EVER, "k", 0, 60, 60, 60, AT))
                .then(new SliceTaken(0, "k", 60));
    }

    @Test
    void aLoweredCapGrantsNothingUntilEnoughHasComeBack() {
        BudgetChanged lowered = new BudgetChanged(terms(Period.FOREVER, 50), AT);
        BUDGET.given(opened(100), new SliceTaken(0, "k", 80), lowered)
                .when(take(0, 1, 1))
                .thenRefused(new BudgetRefusal.Exhausted(50, 0));
        BUDGET.given(
                        opened(100),
                        new SliceTaken(0, "k", 80),
                        lowered,
                        new SliceReturned(0, "k", 40))
                .when(take(0, 10, 10))
                .then(new SliceTaken(0, "j", 10));
    }

    @Test
    void aKeysOwnCapNeedsNoOpening() {
        BUDGET.when(new TakeSlice(30L, EVER, "j", 0, 30, 30, 30, AT))
                .then(new SliceTaken(0, "j", 30));
        BUDGET.given(new SliceTaken(0, "j", 30))
                .when(new TakeSlice(30L, EVER, "k", 0, 1, 1, 1, AT))
                .thenRefused(new BudgetRefusal.Exhausted(30, 0));
    }

    @Test
    void tellsOfAShareOnceInEveryStretch() {
        Span now = new Span(100, 200);
        BUDGET.given(opened(100))
                .when(new ReachShare(now, 50, 51, AT))
                .then(new ShareReached(100, 50, 51, AT));
        BUDGET.given(opened(100), new ShareReached(100, 50, 51, AT))
                .when(new ReachShare(now, 50, 60, AT))
                .thenNothing();
        BUDGET.given(opened(100), new ShareReached(100, 50, 51, AT))
                .when(new ReachShare(new Span(200, 300), 50, 60, AT))
                .then(new ShareReached(200, 50, 60, AT));
    }

    @Test
    void aDayIsCountedForItself() {
        Period day = new Period(Period.Kind.DAY, 0, "UTC");
        Span today = day.at(AT);
        Span tomorrow = day.at(AT.plus(Duration.ofDays(1)));
        BudgetOpened opened = new BudgetOpened(terms(day, 100), AT);
        BUDGET.given(opened, new SliceTaken(today.from(), "j", 100))
                .when(new TakeSlice(null, tomorrow, "j", 0, 100, 100, 100, AT))
                .then(new SliceTaken(tomorrow.from(), "j", 100));
        Budgeting budgeting = new Budgeting();
        BudgetState state = BudgetState.NONE;
        for (BudgetEvent event :
                List.of(
                        opened,
                        new SliceTaken(today.from(), "j", 100),
                        new SliceTaken(tomorrow.from(), "j", 1))) {
            state = budgeting.evolve(state, event);
        }
        assertThat(state.stretches()).as("somebody may still spend of it").hasSize(2);
        Span after = day.at(AT.plus(Duration.ofDays(2)));
        state = budgeting.evolve(state, new SliceClosed(today.from(), "j", 7));
        state = budgeting.evolve(state, new SliceTaken(after.from(), "j", 1));
        assertThat(state.stretches()).as("what is over is left out").hasSize(2);
    }

    @Test
    void aRollingPeriodLetsGoLateAndNeverEarly() {
        Period day = new Period(Period.Kind.ROLLING, 24, "UTC");
        BudgetOpened opened = new BudgetOpened(terms(day, 100), AT);
        Span then = day.at(AT);
        SliceTaken taken = new SliceTaken(then.from(), "j", 100);
        SliceClosed used = new SliceClosed(then.from(), "j", 100);
        for (int minutes = 0; minutes < 25 * 60; minutes += 7) {
            Instant now = AT.plus(Duration.ofMinutes(minutes));
            BUDGET.given(opened, taken, used)
                    .when(new TakeSlice(null, day.at(now), "k", 0, 1, 1, 1, now))
                    .thenRefused(new BudgetRefusal.Exhausted(100, 0));
        }
        Instant free = AT.plus(Duration.ofHours(25));
        BUDGET.given(opened, taken, used)
                .when(new TakeSlice(null, day.at(free), "k", 0, 1, 1, 1, free))
                .then(new SliceTaken(day.at(free).from(), "k", 1));
    }

    /** Whatever is asked in whatever order: taken and used together never exceed the cap. */
    @Test
    void neverExceedsItsCap() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Budgeting budgeting = new Budgeting();
        for (int round = 0; round < 300; round++) {
            long cap = random.nextInt(10_000);
            BudgetState state = budgeting.evolve(BudgetState.NONE, opened(cap));
            Map<String, Long> has = new HashMap<>();
            for (int step = 0; step < 200; step++) {
                String journal = "j" + random.nextInt(4);
                long believed = has.getOrDefault(journal, 0L);
                int some = random.nextInt(500);
                BudgetCommand command =
                        switch (random.nextInt(5)) {
                            case 0 ->
                                    new CloseSlice(
                                            EVER,
                                            journal,
                                            believed == 0 ? 0 : random.nextLong(believed + 1));
                            case 1 ->
                                    new ReturnSlice(
                                            EVER,
                                            journal,
                                            believed,
                                            believed == 0 ? 0 : random.nextLong(believed + 1));
                            default ->
                                    new TakeSlice(
                                            null,
                                            EVER,
                                            journal,
                                            believed,
                                            some,
                                            some + random.nextInt(500),
                                            some + random.nextInt(5_000),
                                            AT);
                        };
                if (budgeting.decide(command, state)
                        instanceof Decision.Accepted<BudgetEvent, BudgetRefusal>(var events)) {
                    for (BudgetEvent event : events) {
                        state = budgeting.evolve(state, event);
                    }
                }
                has.put(journal, state.outstanding(0, journal));
                assertThat(state.stretch(0).taken()).as("seed %d", seed).isBetween(0L, cap);
            }
        }
    }
}
