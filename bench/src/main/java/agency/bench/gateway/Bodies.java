package agency.bench.gateway;

import agency.bench.load.Call;

/**
 * The requests of the benchmark: about 1 KB of conversation that ends with an order to the
 * upstream.
 */
final class Bodies {

    private static final int SENTENCES = 12;
    private static final String SENTENCE =
            "The quick brown fox jumps over the lazy dog and counts what it used. ";

    private Bodies() {}

    static Call call(Subject subject, String order, boolean stream) {
        String json =
                "{\"model\":\"scripted\",\"temperature\":0.7,\"max_tokens\":256,"
                        + (stream
                                ? "\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                                : "")
                        + "\"messages\":[{\"role\":\"system\",\"content\":\"You are"
                        + " brief.\"},{\"role\":\"user\",\"content\":\""
                        + SENTENCE.repeat(SENTENCES)
                        + order
                        + "\"}]}";
        return Call.post(subject.port(), "/v1/chat/completions", subject.headers(), json);
    }
}
