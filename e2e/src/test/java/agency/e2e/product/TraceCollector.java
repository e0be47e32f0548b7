package agency.e2e.product;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.zip.GZIPInputStream;

/**
 * Takes traces over OTLP/HTTP and keeps their bytes: names and attributes stand in them as plain
 * text.
 */
final class TraceCollector implements AutoCloseable {

    private static final int MOST_BYTES = 64 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final HttpServer server;

    TraceCollector() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    if ("gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"))) {
                        body =
                                new GZIPInputStream(new java.io.ByteArrayInputStream(body))
                                        .readAllBytes();
                    }
                    synchronized (bytes) {
                        if (bytes.size() + body.length <= MOST_BYTES) bytes.write(body);
                    }
                    exchange.getResponseHeaders().add("content-type", "application/x-protobuf");
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    byte[] received() {
        synchronized (bytes) {
            return bytes.toByteArray();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
