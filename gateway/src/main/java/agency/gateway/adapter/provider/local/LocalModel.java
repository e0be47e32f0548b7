package agency.gateway.adapter.provider.local;

import agency.gateway.adapter.provider.local.store.PullProgress;

/**
 * A local model in the catalogue.
 *
 * @param name its name
 * @param kind what it does
 * @param state how it stands with it
 * @param licence its licence, or empty
 * @param bytes the size of its file, 0 while unknown
 * @param contextTokens the longest context it was trained for, 0 while unknown
 */
public record LocalModel(
        String name, Kind kind, State state, String licence, long bytes, int contextTokens) {
    /** What a model does. */
    public enum Kind {
        /** It answers conversations. */
        CHAT,
        /** It makes vectors. */
        EMBEDDINGS
    }

    /** How it stands with a model. */
    public sealed interface State {
        /** It is being fetched. */
        record Fetching(PullProgress progress) implements State {}

        /** It is on disk. */
        record Ready() implements State {}

        /** It is being loaded. */
        record Loading() implements State {}

        /** It is in memory; {@code pid} is its process. */
        record Loaded(long pid) implements State {}

        /** It failed; {@code reason} says why. */
        record Failed(String reason) implements State {}
    }
}
