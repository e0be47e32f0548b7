package agency.gateway.port;

import java.util.List;

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

    /** The answer to a pull. */
    sealed interface Pull {
        /** It is on its way, or here already. */
        record Begun(LocalModel model) implements Pull {}

        /** Its terms must be accepted first. */
        record TermsAsked(String terms, String url) implements Pull {}

        /** It cannot be fetched; one sentence says why and what would be right. */
        record Refused(String why) implements Pull {}
    }
}
