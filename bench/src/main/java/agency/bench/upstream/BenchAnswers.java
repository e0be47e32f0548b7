package agency.bench.upstream;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers made once and written as they are, for the benchmark: an upstream that costs as little as
 * it can.
 *
 * <p>Order: {@code [[bench]]} for a whole answer of about 1 KB, {@code [[bench chunks=64 ms=10]]}
 * for a stream of so many frames, so many milliseconds apart. With {@code ms=0} the whole stream is
 * one write.
 */
final class BenchAnswers {

    static final byte[] MARK = "[[bench".getBytes(StandardCharsets.ISO_8859_1);

    private static final int PLAIN_WORDS = 80;
    private static final int MOST_PREPARED = 64;
    private static final String MODEL = "scripted";

    private final Vertx vertx;
    private final Tally tally;
    private final Map<String, Prepared> prepared = new HashMap<>();

    private record Prepared(
            boolean stream, Buffer first, List<Buffer> rest, int ms, int prompt, int completion) {}

    BenchAnswers(Vertx vertx, Tally tally) {
        this.vertx = vertx;
        this.tally = tally;
    }

    /** A stream on its way; {@code gone} when its caller has left. */
    static final class Running {
        boolean gone;
        int next;
    }

    /**
     * Answers the order that starts at {@code at}; gives the stream that runs, or null when all is
     * written.
     */
    @org.jspecify.annotations.Nullable
    Running answer(NetSocket socket, byte[] body, int at, String key, Runnable free) {
        int close = RequestReader.indexOf(body, body.length, new byte[] {']', ']'}, at);
        if (close < 0) throw new Script.UnknownOrder("a [[bench order without its ]]");
        String order =
                new String(
                                body,
                                at + MARK.length,
                                close - at - MARK.length,
                                StandardCharsets.ISO_8859_1)
                        .trim();
        Prepared answer = prepared.get(order);
        if (answer == null) {
            if (prepared.size() >= MOST_PREPARED)
                throw new Script.UnknownOrder("too many different bench orders");
            answer = prepare(order);
            prepared.put(order, answer);
        }
        tally.counted(key, MODEL, answer.prompt, answer.completion);
        socket.write(answer.first);
        if (answer.rest.isEmpty()) {
            free.run();
            return null;
        }
        Running running = new Running();
        Prepared stream = answer;
        vertx.setPeriodic(
                stream.ms,
                timer -> {
                    if (running.gone) {
                        vertx.cancelTimer(timer);
                        return;
                    }
                    socket.write(stream.rest.get(running.next++));
                    if (running.next == stream.rest.size()) {
                        vertx.cancelTimer(timer);
                        free.run();
                    }
                });
        return running;
    }

    private Prepared prepare(String order) {
        Script script = Script.inText("[[answer " + order + "]]").orElseThrow();
        boolean stream = script.settings().containsKey("chunks");
        var json = new JsonMapper().createObjectNode();
        json.putArray("messages")
                .addObject()
                .put("role", "user")
                .put("content", "one two three four");
        json.putObject("stream_options").put("include_usage", true);
        if (!stream) {
            Script words = Script.inText("[[answer chunks=" + PLAIN_WORDS + "]]").orElseThrow();
            ChatAnswer answer = new ChatAnswer(json, words, "bench", MODEL);
            byte[] body = answer.whole();
            byte[] whole =
                    Wire.join(
                            Wire.head(200, "application/json", body.length, "req_up_bench", ""),
                            body);
            return new Prepared(
                    false,
                    Buffer.buffer(whole),
                    List.of(),
                    0,
                    answer.usage().promptTokens(),
                    answer.tokens());
        }
        ChatAnswer answer = new ChatAnswer(json, script, "bench", MODEL);
        List<Frame> frames = answer.frames();
        int ms = script.number("ms", 0);
        List<byte[]> writes = new ArrayList<>();
        byte[] head = Wire.chunkedHead(200, "text/event-stream", "req_up_bench", "");
        writes.add(Wire.join(head, Wire.chunk(frames.getFirst().bytes())));
        // The finish, the usage and the end of the stream come together, as vendors send them.
        int last = frames.size() - 2;
        for (int i = 1; i < last; i++) writes.add(Wire.chunk(frames.get(i).bytes()));
        writes.add(
                Wire.join(
                        Wire.chunk(frames.get(last).bytes()),
                        Wire.chunk(frames.get(last + 1).bytes()),
                        Wire.chunk(Wire.DONE),
                        Wire.LAST_CHUNK));
        List<Buffer> buffers = new ArrayList<>();
        if (ms == 0) buffers.add(Buffer.buffer(Wire.join(writes.toArray(byte[][]::new))));
        else for (byte[] write : writes) buffers.add(Buffer.buffer(write));
        return new Prepared(
                true,
                buffers.getFirst(),
                buffers.subList(1, buffers.size()),
                ms,
                answer.usage().promptTokens(),
                answer.tokens());
    }
}
