package agency.bench.upstream;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** HTTP/1.1 answers as bytes. */
final class Wire {

    static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.ISO_8859_1);

    private Wire() {}

    /** The head of an answer whose body has a known length. */
    static byte[] head(int status, String type, int length, String requestId, String more) {
        return head(status, type, requestId, more + "content-length: " + length + "\r\n");
    }

    /** The head of an answer whose body comes in chunks. */
    static byte[] chunkedHead(int status, String type, String requestId, String more) {
        return head(
                status,
                type,
                requestId,
                more + "cache-control: no-cache\r\ntransfer-encoding: chunked\r\n");
    }

    static byte[] chunk(byte[] bytes) {
        byte[] size =
                (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        return join(size, bytes, new byte[] {'\r', '\n'});
    }

    static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) length += part.length;
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    static byte[] gzip(byte[] bytes) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] head(int status, String type, String requestId, String more) {
        return ("HTTP/1.1 "
                        + status
                        + " "
                        + reason(status)
                        + "\r\ncontent-type: "
                        + type
                        + "\r\nx-request-id: "
                        + requestId
                        + "\r\nopenai-processing-ms: 1\r\n"
                        + more
                        + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 404 -> "Not Found";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 503 -> "Service Unavailable";
            default -> "Other";
        };
    }
}
