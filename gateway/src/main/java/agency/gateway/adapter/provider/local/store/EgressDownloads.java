package agency.gateway.adapter.provider.local.store;

import agency.platform.egress.Fetching;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Downloads through the program's one way out; redirects lead to the same host or to where the
 * model hub keeps files.
 */
public final class EgressDownloads implements Downloads {
    /** Where the model hub sends whoever asks for a file. */
    private static final List<String> HUB_HOSTS =
            List.of("huggingface.co", ".huggingface.co", "hf.co", ".hf.co");

    private static final Duration STALL = Duration.ofSeconds(60);
    private static final Pattern RANGE =
            Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

    private final Fetching fetching;

    /** Downloads through this way out. */
    public EgressDownloads(Fetching fetching) {
        this.fetching = fetching;
    }

    @Override
    public Opened open(URI uri, long fromByte) throws IOException {
        Map<String, String> headers =
                fromByte > 0 ? Map.of("range", "bytes=" + fromByte + "-") : Map.of();
        Fetching.Fetched answer =
                fetching.send(HttpMethod.GET, uri, headers, null, HUB_HOSTS, STALL);
        Matcher range = RANGE.matcher(String.valueOf(answer.header("content-range")));
        boolean partial = answer.status() == 206 && range.matches();
        long first = partial ? Long.parseLong(range.group(1)) : 0;
        long total = partial ? number(range.group(2)) : number(answer.header("content-length"));
        return new Opened(answer.status(), first, total, new Pieces(answer));
    }

    private static long number(@Nullable String text) {
        return text == null || !text.matches("\\d{1,18}") ? -1 : Long.parseLong(text);
    }

    /** An answer's pieces as a stream. */
    private static final class Pieces extends InputStream {
        private final Fetching.Fetched answer;
        private @Nullable Buffer piece;
        private int at;

        Pieces(Fetching.Fetched answer) {
            this.answer = answer;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Buffer now = piece;
            while (now == null || at == now.length()) {
                now = answer.next();
                if (now == null) {
                    return -1;
                }
                piece = now;
                at = 0;
            }
            int count = Math.min(length, now.length() - at);
            now.getBytes(at, at + count, into, offset);
            at += count;
            return count;
        }

        @Override
        public void close() {
            answer.close();
        }
    }
}
