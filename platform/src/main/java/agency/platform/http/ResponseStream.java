package agency.platform.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A response as a blocking stream: small writes are gathered until {@code flush}, and a write waits
 * until the one before it has gone to the network, so a slow client slows its writer.
 */
final class ResponseStream extends OutputStream {
    /** Bytes gathered before they are written without being asked. */
    private static final int BUFFER_BYTES = 16 * 1024;

    private final HttpServerResponse response;
    private final Context context;
    private final Duration stallTimeout;
    private Buffer gathered = Buffer.buffer(512);
    private Future<Void> before = Future.succeededFuture();
    private boolean finished;

    ResponseStream(HttpServerResponse response, Context context, Duration stallTimeout) {
        this.response = response;
        this.context = context;
        this.stallTimeout = stallTimeout;
    }

    @Override
    public void write(int b) throws IOException {
        gathered.appendByte((byte) b);
        flushIfLarge();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        gathered.appendBytes(bytes, offset, length);
        flushIfLarge();
    }

    private void flushIfLarge() throws IOException {
        if (gathered.length() >= BUFFER_BYTES) {
            flush();
        }
    }

    @Override
    public void flush() throws IOException {
        if (gathered.length() == 0) {
            return;
        }
        await();
        Buffer bytes = gathered;
        gathered = Buffer.buffer(512);
        Promise<Void> written = Promise.promise();
        before = written.future();
        context.runOnContext(nothing -> {
            if (response.ended() || response.closed()) {
                written.fail(new IOException("the client has left"));
            } else {
                response.write(bytes).onComplete(written);
            }
        });
    }

    /** Ends the response after everything written. */
    void finish() throws IOException {
        flush();
        await();
        finished = true;
        context.runOnContext(nothing -> {
            if (!response.ended() && !response.closed()) {
                response.end();
            }
        });
    }

    /** Does nothing when finished; an unfinished response is cut off by whoever made it. */
    @Override
    public void close() {
        if (!finished) {
            gathered = Buffer.buffer(0);
        }
    }

    private void await() throws IOException {
        try {
            before.toCompletionStage()
                    .toCompletableFuture()
                    .get(stallTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the client has left");
        } catch (ExecutionException e) {
            throw new IOException("the client has left", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the client takes in nothing", e);
        }
    }
}
