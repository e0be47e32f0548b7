package agency.bench.load;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One HTTP request, made once and sent many times, and where it goes.
 *
 * @param port on the loopback address
 * @param bytes head and body as they go over the wire
 */
public record Call(int port, Buffer bytes) {

    /** A POST of JSON with these headers. */
    public static Call post(int port, String path, Map<String, String> headers, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        StringBuilder head =
                new StringBuilder(
                        "POST "
                                + path
                                + " HTTP/1.1\r\nhost: 127.0.0.1:"
                                + port
                                + "\r\n"
                                + "content-type: application/json\r\n"
                                + "accept: */*\r\n"
                                + "content-length: "
                                + body.length
                                + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        return new Call(
                port,
                Buffer.buffer(start.length + body.length).appendBytes(start).appendBytes(body));
    }

    /** A GET with these headers. */
    public static Call get(int port, String path, Map<String, String> headers) {
        StringBuilder head =
                new StringBuilder("GET " + path + " HTTP/1.1\r\nhost: 127.0.0.1:" + port + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return new Call(port, Buffer.buffer(head.append("\r\n").toString()));
    }
}
