package agency.bench.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 requests (RFC 9112) from bytes as they come. Our own and small, because this
 * upstream must decide about every byte on its connections, and must cost next to nothing when it
 * stands behind a benchmark.
 */
final class RequestReader {

    /** The largest request accepted: a head and a body of images. */
    static final int LARGEST_REQUEST_BYTES = 64 << 20;

    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};
    private static final byte[] NOTHING = {};

    private byte[] pending = NOTHING;
    private int length;

    /** One whole request. */
    static final class Request {
        final String method;
        final String path;
        final String head;
        final byte[] body;

        Request(String method, String path, String head, byte[] body) {
            this.method = method;
            this.path = path;
            this.head = head;
            this.body = body;
        }

        /** The value of a header, trimmed, or an empty string. */
        String header(String lowerName) {
            return RequestReader.header(head, lowerName);
        }
    }

    /** The caller does not speak HTTP as this reader understands it. */
    static final class NotHttp extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotHttp(String message) {
            super(message);
        }
    }

    void add(byte[] bytes) {
        if (length == 0) {
            pending = bytes;
            length = bytes.length;
            return;
        }
        if (length + bytes.length > LARGEST_REQUEST_BYTES) throw new NotHttp("request too large");
        if (length + bytes.length > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(pending.length * 2, length + bytes.length));
        }
        System.arraycopy(bytes, 0, pending, length, bytes.length);
        length += bytes.length;
    }

    /** The next whole request, or nothing until more bytes have come. */
    @Nullable Request next() {
        int headEnd = indexOf(pending, length, HEAD_END, 0);
        if (headEnd < 0) return null;
        String head = new String(pending, 0, headEnd + 2, StandardCharsets.ISO_8859_1);
        int bodyStart = headEnd + 4;
        byte[] body;
        int end;
        if (header(head, "transfer-encoding").toLowerCase(Locale.ROOT).contains("chunked")) {
            Chunked chunked = chunked(bodyStart);
            if (chunked == null) return null;
            body = chunked.body;
            end = chunked.end;
        } else {
            String declared = header(head, "content-length");
            int size = declared.isEmpty() ? 0 : number(declared, 10);
            end = bodyStart + size;
            if (length < end) return null;
            body = Arrays.copyOfRange(pending, bodyStart, end);
        }
        if (end == length) {
            pending = NOTHING;
            length = 0;
        } else {
            pending = Arrays.copyOfRange(pending, end, length);
            length = pending.length;
        }
        int space = head.indexOf(' ');
        int second = head.indexOf(' ', space + 1);
        if (space < 0 || second < 0) throw new NotHttp("no request line");
        return new Request(head.substring(0, space), head.substring(space + 1, second), head, body);
    }

    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    private record Chunked(byte[] body, int end) {}

    private @Nullable Chunked chunked(int from) {
        byte[] body = NOTHING;
        int at = from;
        while (true) {
            int line = indexOf(pending, length, new byte[] {'\r', '\n'}, at);
            if (line < 0) return null;
            String size = new String(pending, at, line - at, StandardCharsets.ISO_8859_1);
            int extension = size.indexOf(';');
            int bytes = number((extension < 0 ? size : size.substring(0, extension)).trim(), 16);
            int start = line + 2;
            if (length < start + bytes + 2) return null;
            if (bytes == 0) return new Chunked(body, start + 2);
            byte[] longer = Arrays.copyOf(body, body.length + bytes);
            System.arraycopy(pending, start, longer, body.length, bytes);
            body = longer;
            at = start + bytes + 2;
        }
    }

    private static int number(String digits, int radix) {
        try {
            int value = Integer.parseInt(digits, radix);
            if (value < 0 || value > LARGEST_REQUEST_BYTES)
                throw new NotHttp("length out of range");
            return value;
        } catch (NumberFormatException e) {
            throw new NotHttp("not a length: " + digits);
        }
    }

    static String header(String head, String lowerName) {
        int at = head.indexOf('\n') + 1;
        while (at > 0 && at < head.length()) {
            int end = head.indexOf('\r', at);
            if (end < 0) return "";
            int name = lowerName.length();
            if (at + name < end
                    && head.charAt(at + name) == ':'
                    && head.regionMatches(true, at, lowerName, 0, name)) {
                return head.substring(at + name + 1, end).trim();
            }
            at = end + 2;
        }
        return "";
    }

    static int indexOf(byte[] bytes, int length, byte[] what, int from) {
        outer:
        for (int i = from; i <= length - what.length; i++) {
            for (int j = 0; j < what.length; j++) {
                if (bytes[i + j] != what[j]) continue outer;
            }
            return i;
        }
        return -1;
    }
}
