package agency.gateway.adapter.provider.local.engine;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns the bytes of tokens into text that may go out: whole characters only, nothing from a stop
 * text on, and nothing that may yet turn out to be the beginning of one.
 */
final class PieceText {
    private final List<String> stops;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final StringBuilder held = new StringBuilder();
    private ByteBuffer rest = ByteBuffer.allocate(0);
    private boolean stopped;

    PieceText(List<String> stops) {
        this.stops = List.copyOf(stops);
    }

    /** Adds a token's bytes and gives the text that may go out now. */
    String add(byte[] bytes) {
        if (stopped) {
            return "";
        }
        ByteBuffer all =
                ByteBuffer.allocate(rest.remaining() + bytes.length).put(rest).put(bytes).flip();
        CharBuffer chars = CharBuffer.allocate(all.remaining() + 1);
        decoder.decode(all, chars, false);
        rest = all.slice();
        held.append(chars.flip());
        return releasable();
    }

    /** Nothing more comes: what was held back, incomplete characters replaced. */
    String finish() {
        if (!stopped && rest.hasRemaining()) {
            held.append('\ufffd');
        }
        String text = stopped ? "" : held.toString();
        held.setLength(0);
        return text;
    }

    /** Whether a stop text has come. */
    boolean stopped() {
        return stopped;
    }

    private String releasable() {
        int first = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        if (first >= 0) {
            stopped = true;
            return held.substring(0, first);
        }
        int keep = 0;
        for (String stop : stops) {
            keep = Math.max(keep, beginningOf(stop));
        }
        String out = held.substring(0, held.length() - keep);
        held.delete(0, out.length());
        return out;
    }

    /** How many characters at the end are the beginning of {@code stop}. */
    private int beginningOf(String stop) {
        for (int length = Math.min(stop.length() - 1, held.length()); length > 0; length--) {
            if (stop.startsWith(held.substring(held.length() - length))) {
                return length;
            }
        }
        return 0;
    }
}
