package agency.kernel.decision;

import java.util.List;

/**
 * What a command means, given what already happened. Pure: no clock, no chance, no I/O; time, ids
 * and random values arrive inside the command.
 *
 * @param <C> the commands, imperative, sealed over records
 * @param <S> the state, sealed over records
 * @param <E> the events, past tense, sealed over records
 * @param <R> the refusals, sealed over records
 */
public interface Decider<C, S, E, R> {
    /** The state before anything happened. */
    S initial();

    /**
     * Accepts with events, accepts with nothing because it is already so, or rejects with a value.
     */
    Decision<E, R> decide(C command, S state);

    /** The state after one more event. Never refuses: an impossible history is a bug and throws. */
    S evolve(S state, E event);

    /**
     * The classes whose code makes the state. What is kept of a state holds only as long as neither
     * these nor any class of ours that they name has changed. A decider that wraps another names
     * that one's too.
     */
    default List<Class<?>> code() {
        return List.of(getClass());
    }
}
