package agency.gateway.adapter.provider.openai;

import agency.gateway.domain.wire.AnswerScanner;
import agency.gateway.domain.wire.StreamScanner;
import agency.gateway.port.AnswerHead;
import agency.gateway.port.AnswerSink;
import agency.gateway.port.ModelRequest;
import agency.gateway.port.RunningAttempt;
import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.TokenUsage;
import agency.platform.egress.Egress;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** One request to an OpenAI-compatible provider and its answer. Lives on one event loop. */
final class OpenAiAttempt implements RunningAttempt {
    /** Most bytes kept of an error's body. */
    static final int MAX_ERROR_BYTES = 64 * 1024;

    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence ACCEPT = HttpHeaders.createOptimized("accept");
    private static final CharSequence PLAINLY = HttpHeaders.createOptimized("identity");
    private static final CharSequence STREAM = HttpHeaders.createOptimized("text/event-stream");
    private static final CharSequence AGENT = HttpHeaders.createOptimized("agency");
    private static final Buffer DONE = Buffer.buffer("data: [DONE]\n\n");

    private final Upstream upstream;
    private final ModelRequest request;
    private final AnswerSink sink;
    private final ReadPace pace;
    private @Nullable StreamScanner events;
    private @Nullable AnswerScanner answer;
    private @Nullable HttpClientRequest sent;
    private @Nullable HttpClientResponse response;
    private ReadPace.@Nullable Stream stream;
    private boolean over;
    private boolean paused;

    OpenAiAttempt(Upstream upstream, ModelRequest request, AnswerSink sink, ReadPace pace) {
        this.upstream = upstream;
        this.request = request;
        this.sink = sink;
        this.pace = pace;
    }

    void start(HttpClient client, Egress egress) {
        Future<Egress.Target> target = egress.target(upstream.origin());
        if (target.succeeded()) call(client, target.result());
        else target.onComplete(t -> call(client, t), e -> fail(Failures.of(e)));
    }

    private void call(HttpClient client, Egress.Target target) {
        if (over) return;
        RequestOptions options =
                new RequestOptions()
                        .setServer(SocketAddress.inetSocketAddress(target.port(), target.address()))
                        .setHost(target.host())
                        .setPort(target.port())
                        .setSsl(target.tls())
                        .setMethod(HttpMethod.POST)
                        .setURI(upstream.target(request.operation(), request.model()));
        client.request(options).onComplete(this::send);
    }

    private void send(AsyncResult<HttpClientRequest> connected) {
        if (connected.failed()) {
            fail(Failures.of(connected.cause()));
            return;
        }
        HttpClientRequest out = connected.result();
        if (over) {
            out.exceptionHandler(e -> {}).reset();
            return;
        }
        sent = out;
        if (!upstream.keyHeader().isEmpty()) {
            out.putHeader(upstream.keyHeader(), upstream.keyValue());
        }
        out.putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .putHeader(ACCEPT, request.stream() ? STREAM : JSON)
                .putHeader(HttpHeaders.ACCEPT_ENCODING, PLAINLY)
                .putHeader(HttpHeaders.USER_AGENT, AGENT);
        out.exceptionHandler(e -> fail(Failures.of(e)));
        out.response().onComplete(this::head);
        out.end(request.body());
    }

    private void head(AsyncResult<HttpClientResponse> arrived) {
        if (over) return;
        if (arrived.failed()) {
            fail(Failures.of(arrived.cause()));
            return;
        }
        HttpClientResponse in = arrived.result();
        response = in;
        in.exceptionHandler(e -> fail(Failures.of(e)));
        int status = in.statusCode();
        if (status < 200 || status > 299) {
            new ErrorBody(in, this::fail);
            return;
        }
        String type = in.getHeader(HttpHeaders.CONTENT_TYPE);
        String wanted = request.stream() ? "text/event-stream" : "application/json";
        if (type == null || !type.regionMatches(true, 0, wanted, 0, wanted.length())) {
            broken("the content type " + type + " in place of " + wanted);
            return;
        }
        if (request.stream()) {
            events = new StreamScanner(request.tellUsage());
            stream = pace.stream(in.request().connection());
        } else {
            answer = new AnswerScanner();
        }
        AnswerHead head = Heads.of(in, type);
        String packing = in.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (packing == null || packing.equalsIgnoreCase("identity")) in.handler(this::piece);
        else if (Unpacker.knows(packing)) unpacked(in);
        else {
            broken("packed as " + packing + ", which nobody asked for");
            return;
        }
        in.endHandler(v -> end());
        if (paused) pause();
        sink.head(head);
    }

    private void unpacked(HttpClientResponse in) {
        Unpacker gzip = Unpacker.gzip();
        in.handler(piece -> {
            if (!over && !gzip.take(piece, this::piece)) broken("a packing that does not open");
            if (over) gzip.close();
        });
    }

    private void piece(Buffer piece) {
        if (over) return;
        Lent lent = Lent.of(piece);
        if (answer != null) {
            answer.take(lent.bytes(), lent.from(), lent.to());
            if (answer.broken()) broken("an answer that is not a JSON object");
            else sink.chunk(piece);
        } else if (events != null) {
            events.take(
                    lent.bytes(),
                    lent.from(),
                    lent.to(),
                    (bytes, from, to) -> {
                        sink.chunk(
                                lent.isAll(bytes, from, to) ? piece : Lent.copied(bytes, from, to));
                    });
            if (!over) ending(events);
            paced();
        }
    }

    /** The first words are never late; what follows is read at the loop's pace. */
    private void paced() {
        if (!over && stream != null && events != null && events.tokens() > 0) stream.read();
    }

    /** A stream is over when it says so, whatever comes behind. */
    private void ending(StreamScanner scanner) {
        String garbage = scanner.garbage();
        byte[] error = scanner.error();
        if (garbage != null) {
            broken(garbage);
        } else if (error != null) {
            refuse(Failures.within(error));
        } else if (scanner.done()) {
            finish();
            sink.end(scanner.usage());
        }
    }

    private void end() {
        if (over) return;
        if (answer != null) {
            if (!answer.whole()) fail(new UpstreamFailure.Garbage("JSON that ends too early"));
            else {
                finish();
                sink.end(answer.usage());
            }
        } else if (events != null && events.finished()) {
            // Some vendors forget the last word; clients wait for it.
            sink.chunk(DONE);
            finish();
            sink.end(events.usage());
        } else {
            fail(new UpstreamFailure.Disconnected("the stream ended before its end"));
        }
    }

    private void broken(String what) {
        refuse(new UpstreamFailure.Garbage(what));
    }

    /** We want no more of what comes. */
    private void refuse(UpstreamFailure failure) {
        fail(failure);
        drop();
    }

    private void fail(UpstreamFailure failure) {
        if (over) return;
        finish();
        TokenUsage usage = events == null ? null : events.usage();
        sink.failed(failure, usage);
    }

    @Override
    public void cancel() {
        if (over) return;
        finish();
        drop();
    }

    /** Nothing that comes is of interest; the connection may serve the next request. */
    private void finish() {
        over = true;
        if (stream != null) stream.end();
    }

    private void drop() {
        if (sent != null) sent.reset();
    }

    @Override
    public void pause() {
        paused = true;
        if (response != null) response.pause();
        if (stream != null) stream.pause();
    }

    @Override
    public void resume() {
        paused = false;
        if (response != null) response.resume();
        // Being resumed it may have been paused again at once.
        if (stream != null && !paused) stream.resume();
    }

    @Override
    public long outputSoFar() {
        return events == null ? 0 : events.tokens();
    }
}
