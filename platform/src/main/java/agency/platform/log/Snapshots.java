package agency.platform.log;

import agency.kernel.decision.Decider;
import agency.kernel.fact.Position;
import agency.kernel.fact.StreamName;
import java.util.Optional;

/**
 * What was made of a long stream's facts, kept so that the next command need not read them all.
 * Only ever a short cut: what is missing, too old to trust or not to be kept is read from the
 * facts.
 */
public interface Snapshots {
    /** Keeps nothing. */
    Snapshots NONE =
            new Snapshots() {
                @Override
                public <S> Optional<Kept<S>> read(StreamName stream, Decider<?, S, ?, ?> decider) {
                    return Optional.empty();
                }

                @Override
                public <S> void keep(
                        StreamName stream, Decider<?, S, ?, ?> decider, Kept<S> state) {}
            };

    /**
     * A state and the last fact in it.
     *
     * @param version of the stream
     */
    record Kept<S>(S state, int version, Position at) {}

    /** The newest state that this very code has made of the stream, if one is kept. */
    <S> Optional<Kept<S>> read(StreamName stream, Decider<?, S, ?, ?> decider);

    /** Keeps a state; says nothing when it cannot. */
    <S> void keep(StreamName stream, Decider<?, S, ?, ?> decider, Kept<S> state);
}
