package agency.platform.log;

import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Position;
import agency.kernel.fact.StreamName;
import java.util.List;
import java.util.function.Function;

/** The only place that reads a stream, decides, appends and retries. */
public interface Commands {
    /** Most times a command is decided again because the stream moved on. */
    int MAX_TRIES = 64;

    /** What became of a command: accepted up to a position, or refused. */
    sealed interface Handled<E, R> {
        /**
         * Recorded (or already so); {@code at} is where a view must have come to in order to show
         * it.
         */
        record Done<E, R>(List<E> events, int version, Position at) implements Handled<E, R> {}

        /** Refused by the decider. */
        record Refused<E, R>(R reason) implements Handled<E, R> {}
    }

    /**
     * Reads the stream, decides, appends at the version read, and decides again when it moved on.
     * Blocks. Throws a {@link agency.kernel.fault.Fault} when the outcome is unknown or {@link
     * #MAX_TRIES} were not enough.
     */
    default <C, S, E, R> Handled<E, R> handle(
            StreamName stream, Decider<C, S, E, R> decider, C command, FactMeta meta) {
        return handle(
                stream,
                decider,
                command,
                meta,
                List.of(),
                kind -> {
                    throw new IllegalStateException(
                            "nothing was claimed, yet " + kind + " is taken");
                });
    }

    /**
     * The same, with values to be claimed or given back in the same append; {@code taken} makes the
     * refusal.
     */
    <C, S, E, R> Handled<E, R> handle(
            StreamName stream,
            Decider<C, S, E, R> decider,
            C command,
            FactMeta meta,
            List<Append.Claim> claims,
            Function<String, R> taken);
}
