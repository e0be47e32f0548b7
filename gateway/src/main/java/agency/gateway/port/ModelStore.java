package agency.gateway.port;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The models on this machine. Supplied by the local engine. */
public interface ModelStore {
    /** Models that are here and those on their way, by name. Reads memory only. */
    List<LocalModel> models();

    /**
     * Begins to fetch a model and returns at once; asking again for one on its way changes nothing.
     *
     * @param source {@code hf:owner/repo[:file]}, a file of this machine, or a name the store knows
     * @param termsAccepted whether the model's terms, if it has any, have been shown and accepted
     */
    Pull pull(String source, boolean termsAccepted);

    /** How a pull stands, or how it ended; empty when none of the last ones has this id. */
    Optional<Fetch> fetch(String id);

    /** Calls this after every change of {@link #models()}; from any thread. */
    void onChange(Runnable changed);

    /**
     * One model.
     *
     * @param name how callers ask for it
     * @param kind {@code chat} or {@code embedding}
     * @param state {@code ready}, {@code fetching}, {@code failed} or {@code unsupported}
     * @param bytes its size; 0 when not known yet
     * @param bytesHere how much of it is here
     * @param detail one sentence for people when it is not ready; empty otherwise
     */
    record LocalModel(
            String name, String kind, String state, long bytes, long bytesHere, String detail) {}

    /**
     * One pull, from its beginning to its outcome.
     *
     * @param id by which its outcome is asked for
     * @param source what was asked for
     * @param state {@code fetching}, {@code ready} or {@code failed}
     * @param model the name under which it can be called; null until it is ready
     * @param bytes its size; 0 when not known yet
     * @param bytesHere how much of it is here
     * @param detail one sentence for people when it is not ready; empty otherwise
     */
    record Fetch(
            String id,
            String source,
            String state,
            @Nullable String model,
            long bytes,
            long bytesHere,
            String detail) {}

    /** The answer to a pull. */
    sealed interface Pull {
        /** It is on its way, or here already. */
        record Begun(Fetch fetch) implements Pull {}

        /** Its terms must be accepted first. */
        record TermsAsked(String terms, String url) implements Pull {}

        /** It cannot be fetched; one sentence says why and what would be right. */
        record Refused(String why) implements Pull {}
    }
}
