package agency.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A provider that answers every chat with the same words, for {@link Rehearsal} to have somebody to
 * pass requests on to. It speaks OpenAI's wire format on a free port of the loopback address.
 */
final class RehearsedProvider implements AutoCloseable {
    static final String MODEL = "rehearsed";

    private static final int BACKLOG = 64;
    private static final int PIECES = 24;

    private static final String PLAIN =
            """
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"rehearsed",\
            "choices":[{"index":0,"message":{"role":"assistant","content":"%s"},\
            "finish_reason":"stop"}],\
            "usage":{"prompt_tokens":12,"completion_tokens":200,"total_tokens":212}}\
            """
                    .formatted("Hello there. ".repeat(60));

    private static final String PIECE =
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
                    + "\"model\":\"rehearsed\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                    + "\"Hello there. \"},\"finish_reason\":null}],\"usage\":null}\n\n";

    private static final String LAST =
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
                    + "\"model\":\"rehearsed\",\"choices\":[],\"usage\":{\"prompt_tokens\":12,"
                    + "\"completion_tokens\":24,\"total_tokens\":36}}\n\ndata: [DONE]\n\n";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    RehearsedProvider() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext(
                "/v1/models",
                call ->
                        answer(
                                call,
                                "{\"data\":[{\"id\":\"" + MODEL + "\",\"object\":\"model\"}]}"));
        server.createContext("/v1/chat/completions", RehearsedProvider::chat);
        server.start();
    }

    /** What to connect. */
    String baseUrl() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    private static void chat(HttpExchange call) throws IOException {
        String asked = new String(call.getRequestBody().readAllBytes(), UTF_8);
        if (!asked.contains("\"stream\":true")) {
            answer(call, PLAIN);
            return;
        }
        call.getResponseHeaders().set("content-type", "text/event-stream");
        call.sendResponseHeaders(200, 0);
        try (OutputStream out = call.getResponseBody()) {
            for (int i = 0; i < PIECES; i++) {
                out.write(PIECE.getBytes(UTF_8));
                out.flush();
            }
            out.write(LAST.getBytes(UTF_8));
        }
    }

    private static void answer(HttpExchange call, String json) throws IOException {
        call.getResponseHeaders().set("content-type", "application/json");
        byte[] body = json.getBytes(UTF_8);
        call.sendResponseHeaders(200, body.length);
        try (OutputStream out = call.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
