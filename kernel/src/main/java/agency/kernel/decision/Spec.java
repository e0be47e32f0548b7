package agency.kernel.decision;

import java.util.List;
import java.util.Objects;

/**
 * A promise of a decider in the words given, when, then: given what happened, when this is asked,
 * then these events or this refusal. Throws {@link AssertionError} when the promise is not kept.
 *
 * <pre>{@code
 * Spec.of(apiKey).given(issued).when(new RevokeKey(at)).then(new KeyRevoked(at));
 * }</pre>
 */
public final class Spec<C, S, E, R> {
    private final Decider<C, S, E, R> decider;
    private final List<E> history;

    private Spec(Decider<C, S, E, R> decider, List<E> history) {
        this.decider = decider;
        this.history = history;
    }

    /** A spec of this decider with nothing in its past. */
    public static <C, S, E, R> Spec<C, S, E, R> of(Decider<C, S, E, R> decider) {
        return new Spec<>(decider, List.of());
    }

    /** The same spec with this past, in order. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read, never stored as an array
    public final Spec<C, S, E, R> given(E... events) {
        return new Spec<>(decider, List.of(events));
    }

    /** Asks. */
    public Asked<E, R> when(C command) {
        S state = decider.initial();
        for (E event : history) {
            state = decider.evolve(state, event);
        }
        Decision<E, R> decision = decider.decide(command, state);
        if (decision instanceof Decision.Accepted<E, R> accepted) {
            for (E event : accepted.events()) {
                state = decider.evolve(state, event);
            }
        }
        return new Asked<>(decision);
    }

    /** What was decided, to be compared with what was promised. */
    public static final class Asked<E, R> {
        private final Decision<E, R> decision;

        private Asked(Decision<E, R> decision) {
            this.decision = decision;
        }

        /** Promises exactly these events, in this order. */
        @SafeVarargs
        @SuppressWarnings("varargs") // only read, never stored as an array
        public final void then(E... events) {
            check(new Decision.Accepted<E, R>(List.of(events)));
        }

        /** Promises that nothing needs to be added. */
        public void thenNothing() {
            check(new Decision.Accepted<E, R>(List.of()));
        }

        /** Promises this refusal. */
        public void thenRefused(R reason) {
            check(new Decision.Rejected<E, R>(reason));
        }

        private void check(Decision<E, R> promised) {
            if (!Objects.equals(promised, decision)) {
                throw new AssertionError("promised " + promised + " but decided " + decision);
            }
        }
    }
}
