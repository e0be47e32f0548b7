package agency.platform.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a blocking handler.
 *
 * @param status the HTTP status
 * @param headers further headers
 * @param body a record, list or map to be written as JSON; a {@link Raw} to be written as it is;
 *     null for none
 */
public record Answer(int status, Map<String, String> headers, @Nullable Object body) {
    /** 200 with a JSON body. */
    public static Answer ok(Object body) {
        return new Answer(200, Map.of(), body);
    }

    /** 201 with a JSON body and where the new thing is. */
    public static Answer created(String location, Object body) {
        return new Answer(201, Map.of("location", location), body);
    }

    /** 204. */
    public static Answer nothing() {
        return new Answer(204, Map.of(), null);
    }

    /** Bytes with a content type. */
    public record Raw(String contentType, io.vertx.core.buffer.Buffer bytes) {}

    /**
     * A body written piece by piece: {@code text/event-stream}, NDJSON. The writer runs on the
     * call's virtual thread and blocks while the client is slow; it ends when the client leaves (an
     * {@link java.io.IOException}).
     */
    public record Streamed(String contentType, Writer writer) {
        /** Writes the body. */
        public interface Writer {
            /** Writes until done. */
            void write(java.io.OutputStream out) throws java.io.IOException, InterruptedException;
        }
    }
}
