package agency.kernel.decision;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides as another decider does, but only while no more has happened than whoever asks has seen:
 * so of two who change the same at once one is told that it has changed. Decided with the rest, not
 * looked up before.
 *
 * @param <C> the commands
 * @param <S> the other decider's state
 * @param <E> the events
 * @param <R> the refusals
 */
public final class AtVersion<C, S, E, R> implements Decider<C, AtVersion.Counted<S>, E, R> {
    private final Decider<C, S, E, R> decider;
    private final Predicate<E> counts;
    private final int expected;
    private final R changed;

    /** A state, and how many events that count have made it. */
    public record Counted<S>(S state, int events) {}

    private AtVersion(Decider<C, S, E, R> decider, Predicate<E> counts, int expected, R changed) {
        this.decider = decider;
        this.counts = counts;
        this.expected = expected;
        this.changed = changed;
    }

    /**
     * The same decider, which refuses when its stream has not so many events.
     *
     * @param expected how many; null for whatever there are
     * @param changed the refusal
     */
    public static <C, E, R> Decider<C, ?, E, R> of(
            Decider<C, ?, E, R> decider, @Nullable Integer expected, R changed) {
        return of(decider, event -> true, expected, changed);
    }

    /** The same, where only some of the events of a stream count. */
    public static <C, E, R> Decider<C, ?, E, R> of(
            Decider<C, ?, E, R> decider,
            Predicate<E> counts,
            @Nullable Integer expected,
            R changed) {
        return expected == null ? decider : counting(decider, counts, expected, changed);
    }

    private static <C, S, E, R> Decider<C, ?, E, R> counting(
            Decider<C, S, E, R> decider, Predicate<E> counts, int expected, R changed) {
        return new AtVersion<>(decider, counts, expected, changed);
    }

    @Override
    public Counted<S> initial() {
        return new Counted<>(decider.initial(), 0);
    }

    @Override
    public Decision<E, R> decide(C command, Counted<S> counted) {
        return counted.events == expected
                ? decider.decide(command, counted.state)
                : Decision.reject(changed);
    }

    @Override
    public Counted<S> evolve(Counted<S> counted, E event) {
        return new Counted<>(
                decider.evolve(counted.state, event),
                counted.events + (counts.test(event) ? 1 : 0));
    }

    @Override
    public List<Class<?>> code() {
        List<Class<?>> all = new ArrayList<>(decider.code());
        all.add(AtVersion.class);
        // Which events count is code as well.
        all.add(counts.getClass());
        return all;
    }
}
