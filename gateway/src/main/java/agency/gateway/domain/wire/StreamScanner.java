package agency.gateway.domain.wire;

import agency.kernel.metering.TokenUsage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Watches a stream of server-sent events pass, cut anywhere, and lets whole events out: finds the
 * usage, the end and errors, counts the text, and leaves out the event that only tells the usage if
 * the caller did not ask for it. Looks at names, does not parse.
 */
public final class StreamScanner {
    /** Longest event, in bytes. */
    public static final int MAX_EVENT_BYTES = 1024 * 1024;

    /** An event's end is at most so long, bytes, and may be cut anywhere. */
    private static final int LOOK_BACK = 3;

    private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};
    private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};
    private static final byte[] USAGE = {'u', 's', 'a', 'g', 'e', '"'};
    private static final byte[] CHOICES = {'c', 'h', 'o', 'i', 'c', 'e', 's', '"'};
    private static final byte[] CONTENT = {'c', 'o', 'n', 't', 'e', 'n', 't', '"'};
    private static final byte[] REASONING = "reasoning_content\"".getBytes(Ascii.SET);
    private static final byte[] ARGUMENTS = "arguments\"".getBytes(Ascii.SET);
    private static final byte[] FINISH = "finish_reason\"".getBytes(Ascii.SET);
    private static final byte[] ERROR = "\"error\"".getBytes(Ascii.SET);

    /** Where whole events go. */
    @FunctionalInterface
    public interface Out {
        /** One or more whole events; the bytes are lent for the time of the call. */
        void events(byte[] bytes, int from, int to);
    }

    private final boolean tellUsage;
    private byte[] pending = Ascii.NOTHING;
    private int pendingLength;
    private int searched;
    private @Nullable TokenUsage usage;
    private boolean done;
    private boolean finished;
    private byte @Nullable [] error;
    private @Nullable String garbage;
    private long texts;
    private long textBytes;

    /**
     * A scanner of one stream.
     *
     * @param tellUsage whether the caller is to see the event that only tells the usage
     */
    public StreamScanner(boolean tellUsage) {
        this.tellUsage = tellUsage;
    }

    /** Watches one more piece and lets out what is whole. Nothing comes out after the end. */
    public void take(byte[] bytes, int from, int to, Out out) {
        if (over()) return;
        if (pendingLength == 0) {
            int kept = events(bytes, from, to, from, out);
            if (kept < to && !over()) keep(bytes, kept, to);
            searched = Math.max(0, pendingLength - LOOK_BACK);
            return;
        }
        keep(bytes, from, to);
        int kept = events(pending, 0, pendingLength, searched, out);
        System.arraycopy(pending, kept, pending, 0, pendingLength - kept);
        pendingLength -= kept;
        searched = Math.max(0, pendingLength - LOOK_BACK);
        if (pendingLength == 0) pending = Ascii.NOTHING;
    }

    private void keep(byte[] bytes, int from, int to) {
        int length = pendingLength + to - from;
        if (length > MAX_EVENT_BYTES) {
            garbage = "an event of more than " + MAX_EVENT_BYTES + " bytes";
            return;
        }
        if (length > pending.length) pending = Arrays.copyOf(pending, Math.max(length, 2 * length));
        System.arraycopy(bytes, from, pending, pendingLength, to - from);
        pendingLength = length;
    }

    /**
     * Looks at each whole event and lets it out.
     *
     * @param search where an event's end may be; before it there is none
     * @return where the first unfinished event begins
     */
    private int events(byte[] bytes, int from, int to, int search, Out out) {
        int begin = from;
        int let = from;
        for (int i = search; i < to; i++) {
            if (bytes[i] != '\n' || !endsEvent(bytes, begin, i)) continue;
            boolean hide = event(bytes, begin, i + 1);
            if (hide || garbage != null || error != null) {
                if (let < begin) out.events(bytes, let, begin);
                let = i + 1;
            }
            begin = i + 1;
            if (over()) break;
        }
        if (let < begin) out.events(bytes, let, begin);
        return begin;
    }

    /** Whether the line that ends at this newline is empty. */
    private static boolean endsEvent(byte[] bytes, int begin, int newline) {
        int before = newline - 1;
        if (before >= begin && bytes[before] == '\r') before--;
        return before < begin || bytes[before] == '\n';
    }

    /** Looks at one event; whether it is to be left out. */
    private boolean event(byte[] bytes, int from, int to) {
        int data = dataOf(bytes, from, to);
        if (data < 0) return false;
        int end = to;
        while (end > data && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) end--;
        while (data < end && bytes[data] == ' ') data++;
        if (end - data >= DONE.length && at(bytes, data, end, DONE)) {
            done = true;
            return false;
        }
        if (end == data || bytes[data] != '{' || bytes[end - 1] != '}') {
            garbage = "an event whose data is not a JSON object";
            return false;
        }
        if (at(bytes, data + 1, end, ERROR)) {
            error = Arrays.copyOfRange(bytes, data, end);
            return true;
        }
        return look(bytes, data, end);
    }

    /** Where the data begins; -1 for a comment or an event without data. */
    private int dataOf(byte[] bytes, int from, int to) {
        int line = from;
        while (line < to) {
            if (at(bytes, line, to, DATA)) return line + DATA.length;
            byte b = bytes[line];
            // "event:", "id:", "retry:", a comment, an empty line.
            if (b != ':' && b != 'e' && b != 'i' && b != 'r' && b != '\n' && b != '\r') {
                garbage = "a line that is not of an event stream";
                return -1;
            }
            while (line < to && bytes[line] != '\n') line++;
            line++;
        }
        return -1;
    }

    /** One pass over the names in an event's data; whether it only tells the usage. */
    private boolean look(byte[] bytes, int from, int to) {
        boolean tells = false;
        boolean empty = false;
        for (int i = from; i < to; i++) {
            if (bytes[i] != '"') continue;
            int name = i + 1;
            switch (name < to ? bytes[name] : 0) {
                case 'u' -> {
                    int value = value(bytes, name, to, USAGE);
                    if (value >= 0 && bytes[value] == '{') tells = usage(bytes, value, to);
                }
                case 'c' -> {
                    int value = value(bytes, name, to, CHOICES);
                    if (value >= 0) empty = emptyArray(bytes, value, to);
                    else i = text(bytes, i, value(bytes, name, to, CONTENT), to);
                }
                case 'r' -> i = text(bytes, i, value(bytes, name, to, REASONING), to);
                case 'a' -> i = text(bytes, i, value(bytes, name, to, ARGUMENTS), to);
                case 'f' -> {
                    int value = value(bytes, name, to, FINISH);
                    if (value >= 0 && bytes[value] == '"') finished = true;
                }
                default -> {}
            }
        }
        return tells && empty && !tellUsage;
    }

    private boolean usage(byte[] bytes, int from, int to) {
        int end = JsonSpan.end(bytes, from, to);
        TokenUsage told = end < 0 ? null : UsageReader.read(bytes, from, end);
        if (told != null) usage = told;
        return true;
    }

    /** Where the value of this name begins; -1 when another name stands here. */
    private static int value(byte[] bytes, int name, int to, byte[] wanted) {
        if (!at(bytes, name, to, wanted)) return -1;
        int i = name + wanted.length;
        while (i < to && bytes[i] == ' ') i++;
        if (i >= to || bytes[i] != ':') return -1;
        i++;
        while (i < to && bytes[i] == ' ') i++;
        return i < to ? i : -1;
    }

    private static boolean emptyArray(byte[] bytes, int value, int to) {
        int i = value + 1;
        while (i < to && bytes[i] == ' ') i++;
        return bytes[value] == '[' && i < to && bytes[i] == ']';
    }

    /** Counts a text and passes it; gives where to go on. */
    private int text(byte[] bytes, int at, int value, int to) {
        if (value < 0 || bytes[value] != '"') return at;
        int i = value + 1;
        while (i < to && bytes[i] != '"') i += bytes[i] == '\\' ? 2 : 1;
        if (i - value > 1) {
            texts++;
            textBytes += i - value - 1;
        }
        return i;
    }

    private static boolean at(byte[] bytes, int from, int to, byte[] word) {
        if (from + word.length > to) return false;
        for (int i = 0; i < word.length; i++) if (bytes[from + i] != word[i]) return false;
        return true;
    }

    private boolean over() {
        return done || error != null || garbage != null;
    }

    /** Whether {@code [DONE]} has come. */
    public boolean done() {
        return done;
    }

    /** Whether a choice has said why it ended, or the usage was told. */
    public boolean finished() {
        return finished || usage != null;
    }

    /** The data of an event that is an error, in place of an answer; null when none came. */
    public byte @Nullable [] error() {
        return error;
    }

    /** What came that does not belong into an event stream; null when all is well. */
    public @Nullable String garbage() {
        return garbage;
    }

    /** The usage told; null when none was, or what cannot be true. */
    public @Nullable TokenUsage usage() {
        return usage;
    }

    /**
     * How many output tokens have come: at least one for each piece of text, for that is how they
     * are sent, and one for each four bytes of it.
     */
    public long tokens() {
        return Math.max(texts, (textBytes + 3) / 4);
    }
}
