package agency.gateway.adapter.provider.openai;

import agency.gateway.port.UpstreamFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.function.Consumer;

/** Gathers the body of a provider's error, as much of it as is worth keeping. */
final class ErrorBody {
    private final HttpClientResponse response;
    private final Consumer<UpstreamFailure> failed;
    private final Buffer body = Buffer.buffer();

    ErrorBody(HttpClientResponse response, Consumer<UpstreamFailure> failed) {
        this.response = response;
        this.failed = failed;
        response.handler(this::piece);
        response.endHandler(v -> tell());
        response.exceptionHandler(e -> tell());
    }

    private void piece(Buffer piece) {
        int room = OpenAiAttempt.MAX_ERROR_BYTES - body.length();
        if (piece.length() <= room) {
            body.appendBuffer(piece);
            return;
        }
        body.appendBuffer(piece, 0, room);
        tell();
        response.request().reset();
    }

    private void tell() {
        String type = response.getHeader(HttpHeaders.CONTENT_TYPE);
        failed.accept(
                new UpstreamFailure.Answered(
                        response.statusCode(),
                        type == null ? "" : type,
                        body,
                        response.getHeader(HttpHeaders.RETRY_AFTER),
                        Heads.requestId(response)));
    }
}
