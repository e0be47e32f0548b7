package agency.gateway.domain.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Walks over JSON in a byte array (RFC 8259) and validates every byte it passes: structure,
 * literals, numbers, escapes, UTF-8, nesting. Counts the text and the images that it passes, which
 * bound the input's tokens.
 */
final class JsonCursor {
    /** Deepest nesting of arrays and objects. */
    static final int MAX_DEPTH = 128;

    /** The key under which a part of a message carries an image. */
    private static final byte[] IMAGE = "image_url".getBytes(ISO_8859_1);

    private final byte[] bytes;
    private final int end;
    private int at;
    private int depth;
    private long textBytes;
    private long imageBytes;
    private int images;

    JsonCursor(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    int at() {
        return at;
    }

    /** Bytes of strings passed as values, those of images left out. */
    long textBytes() {
        return textBytes;
    }

    /** Bytes of images, as they came. */
    long imageBytes() {
        return imageBytes;
    }

    int images() {
        return images;
    }

    /** The next byte that is not white space, without passing it; -1 at the end. */
    int next() {
        while (at < end) {
            byte b = bytes[at];
            if (b != ' ' && b != '\n' && b != '\t' && b != '\r') return b;
            at++;
        }
        return -1;
    }

    /** Passes this byte, which must come next but for white space. */
    void pass(char wanted, String where) {
        int b = next();
        if (b != wanted) throw unexpected(b, "'" + wanted + "' " + where);
        at++;
    }

    /** Passes this byte if it comes next but for white space. */
    boolean passed(char wanted) {
        if (next() != wanted) return false;
        at++;
        return true;
    }

    /** Enters an array or object; its opening bracket must come next. */
    void enter(char bracket, String where) {
        pass(bracket, where);
        if (++depth > MAX_DEPTH) {
            throw new MalformedJson(at - 1, "nested more than " + MAX_DEPTH + " deep");
        }
    }

    /** Whether another entry follows; passes the comma before it, or the closing bracket. */
    boolean more(boolean first, char closing) {
        int b = next();
        if (b == closing) {
            at++;
            depth--;
            return false;
        }
        if (first) return true;
        if (b != ',') throw unexpected(b, "',' or '" + closing + "'");
        at++;
        if (next() == closing) throw unexpected(closing, "another entry after the comma");
        return true;
    }

    /** Passes a key and its colon, and gives the key. */
    String key() {
        if (next() != '"') throw unexpected(next(), "a field's name in double quotes");
        String key = string();
        pass(':', "after a field's name");
        return key;
    }

    /** Passes a string and gives its text; one must come next. */
    String string() {
        int from = at + 1;
        boolean plain = passString();
        return plain ? new String(bytes, from, at - 1 - from, ISO_8859_1) : unescaped(from, at - 1);
    }

    /** Passes any value. */
    void value() {
        int b = next();
        switch (b) {
            case '"' -> {
                int from = at;
                passString();
                textBytes += at - from - 2;
            }
            case '{' -> object();
            case '[' -> {
                enter('[', "");
                for (boolean first = true; more(first, ']'); first = false) value();
            }
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number(b);
        }
    }

    private void object() {
        enter('{', "");
        for (boolean first = true; more(first, '}'); first = false) {
            if (next() != '"') throw unexpected(next(), "a field's name in double quotes");
            int from = at + 1;
            passString();
            boolean image = at - 1 - from == IMAGE.length && same(from, IMAGE);
            pass(':', "after a field's name");
            if (image) {
                long before = textBytes;
                int imageFrom = at;
                value();
                textBytes = before;
                imageBytes += at - imageFrom;
                images++;
            } else {
                value();
            }
        }
    }

    /** Passes a literal, which must come next. */
    void literal(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= end || bytes[at + i] != word.charAt(i)) {
                throw new MalformedJson(
                        Math.min(at + i, end), "expected " + word + ", true, false or null");
            }
        }
        at += word.length();
    }

    /** Whether the value that comes next is null; passes it if so. */
    boolean isNull() {
        if (next() != 'n') return false;
        literal("null");
        return true;
    }

    /** Passes true or false and gives it. */
    boolean bool(String field) {
        int b = next();
        if (b != 't' && b != 'f') {
            throw new MalformedJson(at, field + " must be true or false", field);
        }
        literal(b == 't' ? "true" : "false");
        return b == 't';
    }

    /** Passes a whole number from 0 to 10¹² and gives it. */
    long count(String field) {
        int b = next();
        int from = at;
        if (b == '-' || (b >= '0' && b <= '9')) {
            number(b);
            long value = 0;
            boolean whole = at - from <= 13;
            for (int i = from; whole && i < at; i++) {
                whole = bytes[i] >= '0' && bytes[i] <= '9';
                value = value * 10 + bytes[i] - '0';
            }
            if (whole) return value;
        }
        throw new MalformedJson(from, field + " must be a whole number of 0 or more", field);
    }

    private void number(int first) {
        int i = at;
        if (first == '-') i++;
        int digits = i;
        i = digits(i);
        boolean leadingZero = i - digits > 1 && bytes[digits] == '0';
        if (i == digits || leadingZero) throw unexpected(first, "a value");
        if (i < end && bytes[i] == '.') {
            int fraction = i + 1;
            i = digits(fraction);
            if (i == fraction) throw new MalformedJson(i, "a digit must follow the decimal point");
        }
        if (i < end && (bytes[i] | 0x20) == 'e') {
            i++;
            if (i < end && (bytes[i] == '+' || bytes[i] == '-')) i++;
            int exponent = i;
            i = digits(exponent);
            if (i == exponent) throw new MalformedJson(i, "a digit must follow the exponent");
        }
        at = i;
    }

    private int digits(int from) {
        int i = from;
        while (i < end && bytes[i] >= '0' && bytes[i] <= '9') i++;
        return i;
    }

    /** Passes a string whose opening quote comes next; whether it is plain ASCII as it stands. */
    private boolean passString() {
        boolean plain = true;
        int i = at + 1;
        while (true) {
            // The hot loop of the gateway: ASCII text, which is nearly all of it.
            byte b = 0;
            while (i < end && (b = bytes[i]) >= 0x20 && b != '"' && b != '\\') i++;
            if (i >= end) throw new MalformedJson(end, "the text ends within a string");
            if (b == '"') {
                at = i + 1;
                return plain;
            }
            plain = false;
            if (b == '\\') i = escape(i);
            else if (b < 0) i = Utf8.pass(bytes, i, end);
            else throw new MalformedJson(i, "a control character must be escaped in a string");
        }
    }

    private int escape(int backslash) {
        int i = backslash + 1;
        if (i >= end) throw new MalformedJson(end, "the text ends within a string");
        return switch (bytes[i]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> i + 1;
            case 'u' -> unicode(i);
            default -> throw new MalformedJson(i, "no such escape in a string");
        };
    }

    private int unicode(int u) {
        for (int i = u + 1; i <= u + 4; i++) {
            if (i >= end || Character.digit(bytes[i], 16) < 0) {
                throw new MalformedJson(
                        Math.min(i, end), "four hexadecimal digits must follow \\u");
            }
        }
        return u + 5;
    }

    private String unescaped(int from, int to) {
        String text = new String(bytes, from, to - from, UTF_8);
        if (text.indexOf('\\') < 0) return text;
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            c = text.charAt(++i);
            switch (c) {
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case 'u' -> {
                    plain.append((char) Integer.parseInt(text.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> plain.append(c);
            }
        }
        return plain.toString();
    }

    private boolean same(int from, byte[] word) {
        for (int i = 0; i < word.length; i++) {
            if (bytes[from + i] != word[i]) return false;
        }
        return true;
    }

    MalformedJson unexpected(int found, String wanted) {
        String seen =
                found < 0 && at >= end
                        ? "the text ends here"
                        : found >= 0x20 && found < 0x7f
                                ? "found '" + (char) found + "'"
                                : "found a byte that does not belong here";
        return new MalformedJson(at, "expected " + wanted + ", " + seen);
    }
}
