package agency.gateway.domain.wire;

import agency.kernel.metering.TokenUsage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Watches a plain answer pass, piece by piece, cut anywhere: whether it is one whole JSON object,
 * and what it tells of its usage. Knows brackets and strings only; keeps nothing but the usage.
 */
public final class AnswerScanner {
    /** Longest {@code usage} object, in bytes. */
    static final int MAX_USAGE_BYTES = 16 * 1024;

    private static final byte[] KEY = {'u', 's', 'a', 'g', 'e'};

    private int depth;
    private boolean begun;
    private boolean broken;
    private boolean inString;
    private boolean escaped;
    private boolean keyComes;
    private int keyMatched;
    private boolean keyIsUsage;
    private byte @Nullable [] usage;
    private int usageLength;
    private boolean keeping;
    private int keptFrom;

    /** Watches one more piece. */
    public void take(byte[] bytes, int from, int to) {
        keptFrom = from;
        int i = from;
        while (i < to && !broken) {
            if (inString) {
                i = string(bytes, i, to);
                continue;
            }
            byte b = bytes[i++];
            switch (b) {
                case ' ', '\n', '\r', '\t' -> {}
                case '"' -> {
                    inString = true;
                    keyMatched = keyComes ? 0 : -1;
                }
                case '{', '[' -> {
                    broken = depth == 0 && (begun || b == '[');
                    begun = true;
                    if (depth++ == 0) keyComes = true;
                }
                case '}', ']' -> {
                    depth--;
                    if (depth == 0) keep(bytes, i - 1, false);
                    broken = depth < 0;
                }
                case ',' -> {
                    if (depth == 1) {
                        keyComes = true;
                        keep(bytes, i - 1, false);
                    }
                }
                case ':' -> {
                    if (depth == 1) value(i);
                }
                default -> broken = depth == 0;
            }
        }
        keep(bytes, to, keeping);
    }

    private void value(int at) {
        keyComes = false;
        if (!keyIsUsage) return;
        keyIsUsage = false;
        keeping = true;
        keptFrom = at;
        usageLength = 0;
    }

    /** Passes what is left of a string in this piece. */
    private int string(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            byte b = bytes[i++];
            if (escaped) {
                escaped = false;
                keyMatched = -1;
            } else if (b == '\\') {
                escaped = true;
            } else if (b == '"') {
                inString = false;
                keyIsUsage = keyMatched == KEY.length;
                keyComes = false;
                return i;
            } else if (keyMatched >= 0) {
                boolean goesOn = keyMatched < KEY.length && KEY[keyMatched] == b;
                keyMatched = goesOn ? keyMatched + 1 : -1;
            }
        }
        return i;
    }

    /** Keeps what of the usage is in this piece, up to {@code to}. */
    private void keep(byte[] bytes, int to, boolean goesOn) {
        if (!keeping) return;
        keeping = goesOn;
        int more = to - keptFrom;
        if (usageLength + more > MAX_USAGE_BYTES) {
            keeping = false;
            usageLength = 0;
            return;
        }
        byte[] kept = usage == null ? new byte[Math.max(more, 256)] : usage;
        if (usageLength + more > kept.length) {
            kept = Arrays.copyOf(kept, 2 * (usageLength + more));
        }
        System.arraycopy(bytes, keptFrom, kept, usageLength, more);
        usageLength += more;
        usage = kept;
    }

    /** Whether what has come is exactly one JSON object, as far as brackets and quotes tell. */
    public boolean whole() {
        return begun && depth == 0 && !broken;
    }

    /** Whether what has come can no longer become a JSON object. */
    public boolean broken() {
        return broken;
    }

    /** The usage told; null when none was, or what cannot be true. */
    public @Nullable TokenUsage usage() {
        return usage == null ? null : UsageReader.read(usage, 0, usageLength);
    }
}
