package agency.bench.accounting;

import java.util.List;
import java.util.random.RandomGenerator;

/** The requests of a run: everything a provider and a caller do to each other on a bad day. */
enum Mix {
    /** A plain answer. */
    PLAIN(22),
    /** A stream whose caller asks for usage. */
    STREAM(20),
    /** A stream whose caller does not: Agency must ask and hide it. */
    STREAM_UNASKED(12),
    /** Tool calls in a stream. */
    TOOLS(5),
    /** Embeddings. */
    EMBED(8),
    /** The caller leaves in the middle of a stream. */
    LEAVE(10),
    /** The caller leaves before the head of an answer. */
    LEAVE_EARLY(3),
    /** The provider falls silent and the caller leaves. */
    STALL(2),
    /** The provider resets the connection inside a frame. */
    BREAK(5),
    /** The provider says nothing about usage. */
    SILENT_USAGE(5),
    /** The provider lies about usage. */
    LIE(3),
    /** The provider refuses. */
    REFUSE(3),
    /** The provider returns no model's answer at all. */
    GARBAGE(2);

    private static final List<String> LIES = List.of("absurd", "negative", "text", "zero", "half");
    private static final List<String> RUBBISH = List.of("html", "badjson", "garbage");
    private static final String TOOL =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\","
                + "\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}}}],";

    private final int weight;

    Mix(int weight) {
        this.weight = weight;
    }

    /**
     * One request: what to send, and after how many frames or milliseconds to leave (0: stay to the
     * end).
     */
    record Order(
            Mix kind,
            String path,
            String body,
            boolean stream,
            int leaveAfterFrames,
            int leaveAfterMs) {}

    /** Draws one by weight. */
    static Mix draw(RandomGenerator random) {
        int total = 0;
        for (Mix mix : values()) total += mix.weight;
        int at = random.nextInt(total);
        for (Mix mix : values()) {
            at -= mix.weight;
            if (at < 0) return mix;
        }
        throw new AssertionError("weights do not add up");
    }

    /** The request of this kind with a tag by which the upstream will know it. */
    Order order(String tag, RandomGenerator random) {
        boolean stream = random.nextBoolean();
        return switch (this) {
            case PLAIN -> chat("answer", tag, false, "", 0, 0);
            case STREAM ->
                    chat(
                            "answer ms=1 chunks=" + random.nextInt(1, 40),
                            tag,
                            true,
                            "\"stream_options\":{\"include_usage\":true},",
                            0,
                            0);
            case STREAM_UNASKED ->
                    chat("answer ms=1 chunks=" + random.nextInt(1, 40), tag, true, "", 0, 0);
            case TOOLS -> chat("answer calls=2", tag, true, TOOL, 0, 0);
            case EMBED ->
                    new Order(
                            this,
                            "/v1/embeddings",
                            "{\"model\":\"scripted-embedding\",\"input\":\"some words [[answer tag="
                                    + tag
                                    + "]]\"}",
                            false,
                            0,
                            0);
            case LEAVE -> chat("answer ms=5 chunks=200", tag, true, "", random.nextInt(1, 30), 0);
            case LEAVE_EARLY -> chat("slowheaders ms=400", tag, stream, "", 0, 60);
            case STALL -> chat("stall after=3", tag, true, "", 0, 150);
            case BREAK -> chat("break after=" + random.nextInt(1, 8), tag, stream, "", 0, 0);
            case SILENT_USAGE -> chat("answer usage=missing", tag, stream, "", 0, 0);
            case LIE ->
                    chat(
                            "answer usage=" + LIES.get(random.nextInt(LIES.size())),
                            tag,
                            stream,
                            "",
                            0,
                            0);
            case REFUSE -> chat("status code=" + (stream ? 429 : 500), tag, false, "", 0, 0);
            case GARBAGE ->
                    chat(RUBBISH.get(random.nextInt(RUBBISH.size())), tag, stream, "", 0, 0);
        };
    }

    private Order chat(
            String script, String tag, boolean stream, String more, int leaveFrames, int leaveMs) {
        String body =
                "{\"model\":\"scripted\",\"max_tokens\":400,\"stream\":"
                        + stream
                        + ","
                        + more
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"count this [["
                        + script
                        + " tag="
                        + tag
                        + "]]\"}]}";
        return new Order(this, "/v1/chat/completions", body, stream, leaveFrames, leaveMs);
    }
}
