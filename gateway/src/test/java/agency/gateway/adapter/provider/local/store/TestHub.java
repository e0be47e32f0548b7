package agency.gateway.adapter.provider.local.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;

/** A model hub of ours, which cuts, lies and hides on order. */
final class TestHub implements AutoCloseable {
    static final String REPOSITORY = "owner/repo";

    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    volatile byte[] served;
    volatile int cutAfter = Integer.MAX_VALUE;
    volatile int cuts = Integer.MAX_VALUE;
    volatile boolean ignoresRanges;
    volatile int status = 200;
    volatile String sha256;
    volatile long size;
    volatile String redirect = "";
    volatile List<String> files = List.of("model-q4_k_m.gguf", "model-q8_0.gguf", "README.md");
    private final HttpServer server;

    TestHub(byte[] model) throws IOException {
        served = model;
        sha256 = sha256(model);
        size = model.length;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/models/", this::describe);
        server.createContext("/" + REPOSITORY + "/resolve/", this::serve);
        server.createContext("/elsewhere/", this::serve);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void describe(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI().toString());
        if (!exchange.getRequestURI().getPath().endsWith("/" + REPOSITORY)) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        StringBuilder siblings = new StringBuilder();
        for (String file : files) {
            siblings.append(siblings.isEmpty() ? "" : ",")
                    .append(
                            "{\"rfilename\":\"%s\",\"size\":%d,\"lfs\":{\"sha256\":\"%s\",\"size\":%d}}"
                                    .formatted(file, size, sha256, size));
        }
        byte[] body =
                ("{\"sha\":\""
                                + "a".repeat(40)
                                + "\",\"cardData\":{\"license\":\"apache-2.0\"},\"siblings\":["
                                + siblings
                                + "]}")
                        .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        asked.add(exchange.getRequestURI() + (range == null ? "" : " " + range));
        if (!redirect.isEmpty() && !exchange.getRequestURI().getPath().startsWith("/elsewhere/")) {
            exchange.getResponseHeaders().add("Location", redirect);
            exchange.sendResponseHeaders(302, -1);
            return;
        }
        if (status != 200) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        byte[] all = served;
        int from = 0;
        if (range != null && !ignoresRanges) {
            from = Integer.parseInt(range.replaceAll("\\D", ""));
            exchange.getResponseHeaders()
                    .add(
                            "Content-Range",
                            "bytes %d-%d/%d".formatted(from, all.length - 1, all.length));
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, all.length - from);
        OutputStream out = exchange.getResponseBody();
        int until = cuts-- > 0 && cutAfter < all.length - from ? from + cutAfter : all.length;
        out.write(Arrays.copyOfRange(all, from, until));
        out.flush();
        exchange.close();
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
