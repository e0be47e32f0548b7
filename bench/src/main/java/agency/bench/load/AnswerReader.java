package agency.bench.load;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads one HTTP/1.1 answer after another (RFC 9112) without keeping it: status, frames of an event
 * stream, its end. Our own, because a general client costs as much as the gateway it should load.
 */
final class AnswerReader {

    private static final int LARGEST_HEAD_BYTES = 64 << 10;

    private enum Place {
        HEAD,
        SIZED_BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        DONE
    }

    private final StringBuilder head = new StringBuilder();
    private Place place = Place.HEAD;
    private long left;
    private int status;
    private int frames;
    private boolean bodySeen;
    private boolean closes;
    private boolean newline;
    private final StringBuilder line = new StringBuilder();

    /** Gets ready for the next answer. */
    void begin() {
        head.setLength(0);
        line.setLength(0);
        place = Place.HEAD;
        status = 0;
        frames = 0;
        bodySeen = false;
        closes = false;
        newline = false;
    }

    /** Takes bytes; true when the answer is complete. Throws for bytes that are not HTTP. */
    boolean take(Buffer bytes) {
        int at = 0;
        int length = bytes.length();
        while (at < length) {
            switch (place) {
                case HEAD -> at = head(bytes, at, length);
                case SIZED_BODY, CHUNK -> at = body(bytes, at, length);
                case CHUNK_SIZE -> at = size(bytes, at, length);
                case CHUNK_END -> {
                    if (bytes.getByte(at++) == '\n') place = Place.CHUNK_SIZE;
                }
                case TRAILER -> {
                    byte b = bytes.getByte(at++);
                    if (b == '\n') {
                        if (line.isEmpty()) place = Place.DONE;
                        line.setLength(0);
                    } else if (b != '\r') {
                        line.append((char) b);
                    }
                }
                case DONE -> throw new IllegalStateException("bytes after the end of the answer");
            }
        }
        return place == Place.DONE;
    }

    int status() {
        return status;
    }

    /** Frames of an event stream seen so far: blank lines in the body. */
    int frames() {
        return frames;
    }

    boolean bodySeen() {
        return bodySeen;
    }

    boolean closes() {
        return closes;
    }

    private int head(Buffer bytes, int from, int length) {
        for (int at = from; at < length; at++) {
            char c = (char) bytes.getByte(at);
            head.append(c);
            int n = head.length();
            if (c == '\n' && n >= 4 && head.charAt(n - 3) == '\n') {
                parseHead();
                return at + 1;
            }
            if (n > LARGEST_HEAD_BYTES) throw new IllegalStateException("an endless head");
        }
        return length;
    }

    private void parseHead() {
        status = Integer.parseInt(head, 9, 12, 10);
        closes = header("connection").equalsIgnoreCase("close");
        String declared = header("content-length");
        if (!declared.isEmpty()) {
            left = Long.parseLong(declared);
            place = left == 0 ? Place.DONE : Place.SIZED_BODY;
        } else if (header("transfer-encoding").equalsIgnoreCase("chunked")) {
            place = Place.CHUNK_SIZE;
        } else {
            throw new IllegalStateException("neither a length nor chunks");
        }
    }

    private String header(String name) {
        for (int at = head.indexOf("\n") + 1;
                at > 0 && at < head.length();
                at = head.indexOf("\n", at) + 1) {
            int colon = at + name.length();
            if (colon >= head.length() || head.charAt(colon) != ':') continue;
            boolean same = true;
            for (int i = 0; i < name.length() && same; i++) {
                same = Character.toLowerCase(head.charAt(at + i)) == name.charAt(i);
            }
            if (same) return head.substring(colon + 1, head.indexOf("\r", colon)).trim();
        }
        return "";
    }

    private int body(Buffer bytes, int from, int length) {
        bodySeen = true;
        int end = (int) Math.min(length, from + left);
        for (int at = from; at < end; at++) {
            boolean now = bytes.getByte(at) == '\n';
            if (now && newline) {
                frames++;
                newline = false;
            } else {
                newline = now;
            }
        }
        left -= end - from;
        if (left == 0) place = place == Place.CHUNK ? Place.CHUNK_END : Place.DONE;
        return end;
    }

    private int size(Buffer bytes, int from, int length) {
        for (int at = from; at < length; at++) {
            byte b = bytes.getByte(at);
            if (b == '\n') {
                int extension = line.indexOf(";");
                left = Long.parseLong(line, 0, extension < 0 ? line.length() : extension, 16);
                line.setLength(0);
                place = left == 0 ? Place.TRAILER : Place.CHUNK;
                return at + 1;
            }
            if (b != '\r') line.append((char) b);
            if (line.length() > 64) {
                throw new IllegalStateException(
                        "not the size of a chunk: "
                                + new String(
                                        bytes.getBytes(from, Math.min(length, from + 80)),
                                        StandardCharsets.ISO_8859_1));
            }
        }
        return length;
    }
}
