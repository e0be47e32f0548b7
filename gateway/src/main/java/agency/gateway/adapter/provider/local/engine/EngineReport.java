package agency.gateway.adapter.provider.local.engine;

import java.util.List;

/** What the child tells the parent. */
public sealed interface EngineReport {
    /**
     * The model is loaded.
     *
     * @param contextTokens tokens of prompt and answer together
     * @param millis how long loading took
     */
    record Loaded(int contextTokens, long millis) implements EngineReport {}

    /** The model could not be loaded; {@code reason} completes a sentence. */
    record NotLoaded(String reason) implements EngineReport {}

    /**
     * More of the answer.
     *
     * @param request the request's number
     * @param answerTokens tokens generated so far
     * @param text the text; always whole characters
     * @param chances the tokens behind it with their probabilities, if asked for
     */
    record Piece(long request, int answerTokens, String text, List<Chance> chances)
            implements EngineReport {
        /** Copies the list. */
        public Piece {
            chances = List.copyOf(chances);
        }
    }

    /**
     * The answer is complete, or was cancelled.
     *
     * @param request the request's number
     * @param ending why
     * @param promptTokens tokens of the prompt
     * @param cachedTokens those of them that were still in the cache
     * @param answerTokens tokens generated, the one that ended the answer included
     * @param promptMicros time spent on the prompt
     * @param answerMicros time spent on the answer
     */
    record Finished(
            long request,
            Ending ending,
            int promptTokens,
            int cachedTokens,
            int answerTokens,
            long promptMicros,
            long answerMicros)
            implements EngineReport {}

    /** The prompt leaves no room for an answer. */
    record TooLong(long request, int promptTokens, int contextTokens) implements EngineReport {}

    /** The request failed, the engine goes on; {@code reason} completes a sentence. */
    record Failed(long request, String reason) implements EngineReport {}

    /** Why an answer ended. */
    enum Ending {
        /** The model ended it. */
        MODEL,
        /** A stop text was reached. */
        STOP_TEXT,
        /** The limit of tokens was reached. */
        LIMIT,
        /** It was cancelled. */
        CANCELLED
    }

    /**
     * One token and how likely it was.
     *
     * @param bytes the bytes it stands for, one character for each (ISO 8859-1)
     * @param logProbability natural logarithm of its probability
     * @param alternatives the likeliest tokens at its place, likeliest first; their own
     *     alternatives are empty
     */
    record Chance(String bytes, float logProbability, List<Chance> alternatives) {
        /** Copies the list. */
        public Chance {
            alternatives = List.copyOf(alternatives);
        }
    }
}
