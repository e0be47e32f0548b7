package agency.bench.upstream;

import agency.bench.upstream.Delivery.Finish;
import agency.bench.upstream.Delivery.Step;
import agency.bench.upstream.RequestReader.Request;
import agency.bench.upstream.Script.Act;
import agency.bench.upstream.Tally.Serving;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One connection: requests read one after the other, each answered as its script says. */
final class Conversation {

    /** How long bytes may take to arrive before a reset follows them. */
    static final int LET_BYTES_ARRIVE_MS = 30;

    private static final JsonMapper JSON = new JsonMapper();
    private static final String WRONG_KEY = "sk-wrong";
    private static final int PIECE_WAIT_MS = 2;

    private final ScriptedUpstream upstream;
    private final Vertx vertx;
    private final NetSocketInternal socket;
    private final Tally tally;
    private final RequestReader reader = new RequestReader();
    private boolean busy;
    private @Nullable Delivery delivery;
    private BenchAnswers.@Nullable Running running;

    Conversation(ScriptedUpstream upstream, Vertx vertx, NetSocketInternal socket, Tally tally) {
        this.upstream = upstream;
        this.vertx = vertx;
        this.socket = socket;
        this.tally = tally;
    }

    void bytes(Buffer buffer) {
        try {
            reader.add(buffer.getBytes());
            proceed();
        } catch (RequestReader.NotHttp e) {
            socket.close();
        }
    }

    void closed() {
        if (delivery != null) delivery.callerLeft();
        if (running != null) running.gone = true;
    }

    private void proceed() {
        while (!busy) {
            Request request = reader.next();
            if (request == null) return;
            busy = true;
            answer(request);
        }
    }

    private void free() {
        busy = false;
        delivery = null;
        running = null;
        // Deferred, so that a burst of pipelined requests does not grow the stack.
        vertx.runOnContext(v -> {
            try {
                proceed();
            } catch (RequestReader.NotHttp e) {
                socket.close();
            }
        });
    }

    private void answer(Request request) {
        String path =
                request.path.contains("?")
                        ? request.path.substring(0, request.path.indexOf('?'))
                        : request.path;
        String key = request.header("authorization").replaceFirst("(?i)^bearer\\s+", "");
        int bench = RequestReader.indexOf(request.body, request.body.length, BenchAnswers.MARK, 0);
        try {
            if (bench >= 0) {
                running =
                        upstream.benchAnswers()
                                .answer(socket, request.body, bench, key, this::free);
                return;
            }
            route(request, path, key);
        } catch (Script.UnknownOrder e) {
            error(
                    400,
                    String.valueOf(e.getMessage()),
                    "invalid_request_error",
                    "unknown_order",
                    "");
        }
    }

    private void route(Request request, String path, String key) {
        switch (request.method + " " + path) {
            case "GET /_counts" ->
                    json(200, tally.json(!request.path.contains("requests=false")), "");
            case "POST /_counts/reset" -> {
                tally.reset();
                json(200, "{\"reset\":true}".getBytes(StandardCharsets.UTF_8), "");
            }
            case "GET /health" ->
                    json(200, "{\"status\":\"up\"}".getBytes(StandardCharsets.UTF_8), "");
            default -> {
                if (key.isEmpty() || key.equals(WRONG_KEY)) {
                    error(
                            401,
                            "Incorrect API key provided.",
                            "invalid_request_error",
                            "invalid_api_key",
                            "");
                } else {
                    vendor(request, path, key);
                }
            }
        }
    }

    private void vendor(Request request, String path, String key) {
        if (request.method.equals("GET") && path.equals("/v1/models")) {
            models();
            return;
        }
        if (request.method.equals("GET") && path.startsWith("/v1/models/")) {
            model(path.substring("/v1/models/".length()));
            return;
        }
        boolean chat = path.equals("/v1/chat/completions");
        if (!request.method.equals("POST") || !(chat || path.equals("/v1/embeddings"))) {
            error(404, "Unknown request URL: " + path, "invalid_request_error", "unknown_url", "");
            return;
        }
        JsonNode body;
        try {
            body = JSON.readTree(request.body);
        } catch (JacksonException e) {
            error(
                    400,
                    "We could not parse the JSON body of your request.",
                    "invalid_request_error",
                    null,
                    "");
            return;
        }
        String model = body.path("model").asString("");
        if (model.startsWith("unknown")) {
            error(
                    404,
                    "The model `" + model + "` does not exist.",
                    "invalid_request_error",
                    "model_not_found",
                    "");
            return;
        }
        String text = chat ? ChatAnswer.lastUserText(body) : EmbeddingAnswer.firstInput(body);
        Script script = Script.inText(text).or(() -> Script.inModel(model)).orElse(Script.PROPER);
        if (refused(script)) return;
        String id = upstream.nextRequestId();
        if (chat) chat(body, script, id, model, key);
        else embeddings(body, script, id, model, key);
    }

    private boolean refused(Script script) {
        if (script.act() == Act.CLOSE) {
            socket.close();
            return true;
        }
        if (script.act() != Act.STATUS) return false;
        int code = script.number("code", 500);
        String retry = script.word("retry", "");
        String type =
                code == 429
                        ? "rate_limit_exceeded"
                        : code >= 500 ? "server_error" : "invalid_request_error";
        String more = retry.isEmpty() ? "" : "retry-after: " + retry + "\r\n";
        error(
                code,
                "Ordered to answer " + code + ".",
                type,
                code == 429 ? "rate_limit_exceeded" : null,
                more);
        return true;
    }

    private void chat(JsonNode body, Script script, String id, String model, String key) {
        ChatAnswer answer = new ChatAnswer(body, script, id, model);
        Serving serving =
                tally.open(
                        id,
                        key,
                        model,
                        "chat",
                        script.word("tag", ""),
                        answer.usage().promptTokens());
        boolean stream = body.path("stream").asBoolean(false);
        if (stream) {
            deliver(
                    serving,
                    answer.usage(),
                    Deliveries.stream(answer, script, id),
                    Deliveries.finish(script));
        } else {
            deliver(
                    serving,
                    answer.usage(),
                    Deliveries.whole(answer.whole(), answer.tokens(), script, id),
                    Deliveries.finish(script));
        }
    }

    private void embeddings(JsonNode body, Script script, String id, String model, String key) {
        EmbeddingAnswer answer = new EmbeddingAnswer(body, script, model);
        Serving serving =
                tally.open(
                        id,
                        key,
                        model,
                        "embeddings",
                        script.word("tag", ""),
                        answer.usage().promptTokens());
        deliver(
                serving,
                answer.usage(),
                Deliveries.whole(answer.whole(), 0, script, id),
                Deliveries.finish(script));
    }

    private void deliver(Serving serving, Usage usage, List<Step> steps, Finish finish) {
        Delivery started =
                new Delivery(vertx, socket, tally, serving, usage, steps, finish, this::free);
        delivery = started;
        started.start();
    }

    private void models() {
        ObjectNode root = JSON.createObjectNode().put("object", "list");
        ArrayNode data = root.putArray("data");
        for (String model : upstream.models()) data.add(modelNode(model));
        json(200, JSON.writeValueAsBytes(root), "");
    }

    private void model(String id) {
        if (upstream.models().contains(id)) {
            json(200, JSON.writeValueAsBytes(modelNode(id)), "");
        } else {
            error(
                    404,
                    "The model '" + id + "' does not exist",
                    "invalid_request_error",
                    "model_not_found",
                    "");
        }
    }

    private static ObjectNode modelNode(String id) {
        return JSON.createObjectNode()
                .put("id", id)
                .put("object", "model")
                .put("created", 1_700_000_000L)
                .put("owned_by", "scripted");
    }

    private void error(
            int status, String message, String type, @Nullable String code, String more) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode error = root.putObject("error").put("message", message).put("type", type);
        error.putNull("param").put("code", code);
        json(status, JSON.writeValueAsBytes(root), more);
    }

    private void json(int status, byte[] body, String more) {
        byte[] head =
                Wire.head(status, "application/json", body.length, upstream.nextRequestId(), more);
        socket.write(Buffer.buffer(Wire.join(head, body)));
        free();
    }

    /** Bytes that mean nothing, the same every time. */
    static byte[] garbage(int count) {
        byte[] bytes = new byte[count];
        new Random(42).nextBytes(bytes);
        return bytes;
    }

    /** Cuts bytes inside every character that has more than one. */
    static List<byte[]> insideCharacters(byte[] bytes) {
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        for (int at = 1; at < bytes.length; at++) {
            if ((bytes[at] & 0xC0) == 0x80 && at > from) {
                pieces.add(java.util.Arrays.copyOfRange(bytes, from, at));
                from = at;
            }
        }
        pieces.add(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
        return pieces;
    }

    static int pieceWaitMs() {
        return PIECE_WAIT_MS;
    }
}
