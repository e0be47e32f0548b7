package agency.gateway.adapter.provider.local.engine;

import java.util.List;

/** What the parent asks of the child. */
public sealed interface EngineCommand {
    /**
     * Load this model; the first command, and only once.
     *
     * @param path the GGUF file
     * @param contextTokens tokens of prompt and answer together
     * @param threads threads to compute with
     */
    record Load(String path, int contextTokens, int threads) implements EngineCommand {}

    /**
     * Answer this prompt.
     *
     * @param request the request's number, chosen by the parent
     * @param prompt the prompt's text, cut where a control token's text must not be read as that
     *     token
     * @param sampling how to choose tokens
     * @param stops texts that end the answer and do not belong to it
     * @param maxTokens most tokens to generate
     * @param alternatives how many likely tokens to report for each; -1 for no probabilities at all
     */
    record Start(
            long request,
            List<String> prompt,
            Sampling sampling,
            List<String> stops,
            int maxTokens,
            int alternatives)
            implements EngineCommand {
        /** Copies the lists. */
        public Start {
            prompt = List.copyOf(prompt);
            stops = List.copyOf(stops);
        }
    }

    /** Stop answering; the answer so far is reported as finished. Harmless when it has ended. */
    record Cancel(long request) implements EngineCommand {}

    /**
     * How tokens are chosen.
     *
     * @param temperature 0 for always the likeliest
     * @param topP share of probability to choose from
     * @param topK number of tokens to choose from
     * @param minP least probability relative to the likeliest
     * @param presencePenalty taken from the score of a token that has occurred
     * @param frequencyPenalty taken for each time it has
     * @param seed where chance begins
     * @param grammar a GBNF grammar the answer must fit, or empty
     * @param bias added to the scores of single tokens
     */
    record Sampling(
            float temperature,
            float topP,
            int topK,
            float minP,
            float presencePenalty,
            float frequencyPenalty,
            int seed,
            String grammar,
            List<Bias> bias) {
        /** Copies the list. */
        public Sampling {
            bias = List.copyOf(bias);
        }
    }

    /** Added to one token's score. */
    record Bias(int token, float added) {}
}
