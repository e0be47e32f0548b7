package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class BoundsTest {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);
    private final AtomicLong written = new AtomicLong();
    private final AtomicReference<Throwable> ended = new AtomicReference<>();
    private final AtomicReference<Exchange> held = new AtomicReference<>();

    private final List<Route> routes =
            List.of(
                    Route.of(
                            HttpMethod.GET,
                            "/quick",
                            "quick",
                            Permission.PUBLIC,
                            c -> Answer.nothing()),
                    Route.of(
                            HttpMethod.POST,
                            "/wait",
                            "wait",
                            Permission.PUBLIC,
                            c -> {
                                entered.countDown();
                                leave.await();
                                return Answer.ok(List.of("done"));
                            }),
                    Route.of(
                            HttpMethod.GET,
                            "/endless",
                            "endless",
                            Permission.PUBLIC,
                            c ->
                                    new Answer(
                                            200,
                                            java.util.Map.of(),
                                            new Answer.Streamed(
                                                    "text/event-stream", this::endless))),
                    Route.of(
                            HttpMethod.GET,
                            "/few",
                            "few",
                            Permission.PUBLIC,
                            c ->
                                    new Answer(
                                            200,
                                            java.util.Map.of(),
                                            new Answer.Streamed(
                                                    "text/plain",
                                                    out -> {
                                                        for (int i = 0; i < 5; i++) {
                                                            out.write(
                                                                    ("line " + i + "\n")
                                                                            .getBytes(
                                                                                    StandardCharsets
                                                                                            .UTF_8));
                                                            out.flush();
                                                        }
                                                        out.write('.');
                                                    }))),
                    Route.of(
                            HttpMethod.GET,
                            "/breaks",
                            "breaks",
                            Permission.PUBLIC,
                            c ->
                                    new Answer(
                                            200,
                                            java.util.Map.of(),
                                            new Answer.Streamed(
                                                    "text/plain",
                                                    out -> {
                                                        out.write(new byte[100]);
                                                        out.flush();
                                                        throw new java.io.IOException("disk");
                                                    }))),
                    new Route(
                            HttpMethod.POST,
                            "/v1/hold",
                            "hold",
                            Permission.PROJECT_KEY,
                            false,
                            (Handler.OnEventLoop)
                                    x ->
                                            x.body(
                                                    1 << 20,
                                                    b -> {
                                                        held.set(x);
                                                        x.whenDone(left::countDown);
                                                        entered.countDown();
                                                    })));

    private void endless(OutputStream out) {
        byte[] piece = new byte[8192];
        try {
            while (true) {
                out.write(piece);
                written.addAndGet(piece.length);
                entered.countDown();
            }
        } catch (Exception e) {
            ended.set(e);
            left.countDown();
        }
    }

    private CompletableFuture<HttpResponse<String>> later(
            Serving serving, String path, String body) {
        return serving.client.sendAsync(
                HttpRequest.newBuilder(java.net.URI.create(serving.server.address() + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void refusesMoreRequestBytesThanTheProcessMayHold() throws Exception {
        try (Serving serving = new Serving(routes, "--server.max-bytes-in-flight=1000B")) {
            CompletableFuture<HttpResponse<String>> first =
                    later(serving, "/v1/hold", "x".repeat(800));
            assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(serving.inFlight.held()).isEqualTo(800);
            HttpResponse<String> second = serving.post("/v1/hold", "x".repeat(300));
            assertThat(second.statusCode()).isEqualTo(503);
            assertThat(second.headers().firstValue("retry-after")).contains("1");
            assertThat(second.body()).contains("too_many_bytes_in_flight");
            assertThat(serving.post("/wait", "x".repeat(300)).statusCode()).isEqualTo(503);
            Exchange exchange = held.get();
            serving.loops.vertx().runOnContext(v -> exchange.request().response().end("ok"));
            assertThat(first.get(60, TimeUnit.SECONDS).body()).isEqualTo("ok");
            serving.awaitNothingHeld();
        }
    }

    @Test
    void givesBytesBackAndTellsTheRouteWhenTheClientLeaves() throws Exception {
        try (Serving serving = new Serving(routes)) {
            try (Socket socket = new Socket("127.0.0.1", serving.server.port())) {
                socket.getOutputStream()
                        .write(
                                "POST /v1/hold HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
                assertThat(serving.inFlight.held()).isEqualTo(3);
            }
            assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
            serving.awaitNothingHeld();
        }
    }

    @Test
    void worksOnNoMoreBlockingCallsThanAllowed() throws Exception {
        try (Serving serving = new Serving(routes, "--server.max-blocking-calls=1")) {
            CompletableFuture<HttpResponse<String>> first = later(serving, "/wait", "");
            assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
            HttpResponse<String> second = serving.get("/quick");
            assertThat(second.statusCode()).isEqualTo(503);
            assertThat(second.body()).contains("too-many-calls");
            leave.countDown();
            assertThat(first.get(60, TimeUnit.SECONDS).body()).isEqualTo("[\"done\"]");
            // The answer reaches the client a moment before its place is free again.
            long end = System.nanoTime() + 60_000_000_000L;
            int status = serving.get("/quick").statusCode();
            while (status != 204 && System.nanoTime() < end) {
                status = serving.get("/quick").statusCode();
            }
            assertThat(status).isEqualTo(204);
        }
    }

    @Test
    void closesConnectionsBeyondTheLimit() throws Exception {
        try (Serving serving = new Serving(routes, "--server.max-connections=2")) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Socket socket = new Socket("127.0.0.1", serving.server.port());
                open.add(socket);
                socket.getOutputStream()
                        .write(
                                "GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            assertThat(
                            serving.raw(
                                    "GET /quick HTTP/1.1\r\n"
                                            + "Host: localhost\r\n"
                                            + "Connection: close\r\n\r\n"))
                    .isEmpty();
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void closesConnectionsThatSendNoHeadOrNoBodyInTime() throws Exception {
        try (Serving serving =
                new Serving(
                        routes,
                        "--server.header-timeout=1s",
                        "--server.body-timeout=1s",
                        "--server.keep-alive=1s")) {
            assertThat(serving.raw("GET /quick HTT")).isEmpty();
            assertThat(serving.raw("GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 204");
            assertThat(
                            serving.raw(
                                    "POST /wait HTTP/1.1\r\n"
                                            + "Host: localhost\r\n"
                                            + "Content-Length: 5\r\n\r\n"
                                            + "ab"))
                    .startsWith("HTTP/1.1 408")
                    .contains("body-too-slow");
            serving.awaitNothingHeld();
        }
    }

    @Test
    void slowsAWriterDownToItsReaderAndEndsItWhenTheReaderLeaves() throws Exception {
        try (Serving serving = new Serving(routes)) {
            try (Socket socket = new Socket()) {
                socket.setReceiveBufferSize(4096);
                socket.connect(new java.net.InetSocketAddress("127.0.0.1", serving.server.port()));
                socket.getOutputStream()
                        .write(
                                "GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
                InputStream in = socket.getInputStream();
                assertThat(in.readNBytes(100_000)).hasSize(100_000);
                assertThat(written.get()).isLessThan(64L << 20);
            }
            assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(ended.get()).isInstanceOf(java.io.IOException.class);
        }
    }

    @Test
    void closesAConnectionWhoseReaderStalls() throws Exception {
        try (Serving serving = new Serving(routes, "--server.stall-timeout=300ms")) {
            try (Socket socket = new Socket("127.0.0.1", serving.server.port())) {
                socket.getOutputStream()
                        .write(
                                "GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void streamsPieceByPieceAndNeverLooksWholeWhenCutShort() throws Exception {
        try (Serving serving = new Serving(routes)) {
            HttpResponse<String> answer = serving.get("/few");
            assertThat(answer.body()).isEqualTo("line 0\nline 1\nline 2\nline 3\nline 4\n.");
            assertThat(answer.headers().firstValue("content-type")).contains("text/plain");
            assertThat(serving.send("HEAD", "/few", null).body()).isEmpty();
            String broken = serving.raw("GET /breaks HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(broken).startsWith("HTTP/1.1 200").doesNotContain("\r\n0\r\n");
        }
    }

    @Test
    void finishesRequestsInFlightWhenStopping() throws Exception {
        Serving serving = new Serving(routes);
        CompletableFuture<HttpResponse<String>> first = later(serving, "/wait", "");
        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
        Thread stopping = Thread.ofVirtual().start(serving.server::close);
        assertThat(refusesNewConnections(serving)).isTrue();
        leave.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS).body()).isEqualTo("[\"done\"]");
        stopping.join();
        serving.close();
    }

    @Test
    void cutsOffWhatDoesNotFinishInTimeWhenStopping() throws Exception {
        Serving serving = new Serving(routes, "--server.stop-timeout=300ms");
        CompletableFuture<HttpResponse<String>> first = later(serving, "/v1/hold", "x");
        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
        serving.server.close();
        assertThat(first.handle((answer, broken) -> broken != null).get(60, TimeUnit.SECONDS))
                .isTrue();
        serving.close();
    }

    private static boolean refusesNewConnections(Serving serving) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket("127.0.0.1", serving.server.port())) {
                socket.setSoTimeout(200);
                socket.getOutputStream()
                        .write(
                                "GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                if (socket.getInputStream().read() < 0) {
                    return true;
                }
            } catch (java.net.ConnectException e) {
                return true;
            } catch (java.io.IOException e) {
                Thread.onSpinWait();
            }
        }
        return false;
    }
}
