package agency.gateway.adapter.provider.local.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Downloads with the JDK's client. Follows redirects only to the same host and to those the model
 * hub keeps its files on, and never from https to http.
 */
public final class HttpDownloads implements Downloads {
    /** Most redirects of one download. */
    static final int MAX_REDIRECTS = 5;

    private static final Duration HEADERS_WITHIN = Duration.ofSeconds(60);
    private static final Set<String> HUB_DOMAINS = Set.of("huggingface.co", "hf.co");
    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

    private final HttpClient client;

    /** Downloads with this client, which must not follow redirects by itself. */
    public HttpDownloads(HttpClient client) {
        this.client = client;
    }

    @Override
    public Opened open(URI uri, long fromByte) throws IOException, InterruptedException {
        URI at = uri;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(at).timeout(HEADERS_WITHIN).GET();
            if (fromByte > 0) {
                request.header("Range", "bytes=" + fromByte + "-");
            }
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() / 100 != 3) {
                return opened(response);
            }
            response.body().close();
            String location = response.headers().firstValue("Location").orElse("");
            at = allowed(at, at.resolve(location));
        }
        throw new IOException("more than " + MAX_REDIRECTS + " redirects from " + uri.getHost());
    }

    private static Opened opened(HttpResponse<InputStream> response) {
        long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        if (response.statusCode() == 206) {
            Matcher range =
                    CONTENT_RANGE.matcher(
                            response.headers().firstValue("Content-Range").orElse(""));
            if (range.matches()) {
                long total = range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
                return new Opened(206, Long.parseLong(range.group(1)), total, response.body());
            }
        }
        return new Opened(response.statusCode(), 0, length, response.body());
    }

    private static URI allowed(URI from, URI to) throws IOException {
        boolean sameHost = from.getHost().equals(to.getHost()) && from.getPort() == to.getPort();
        boolean hub = isHub(from.getHost()) && isHub(to.getHost());
        boolean safe = "https".equals(to.getScheme()) || from.getScheme().equals(to.getScheme());
        if (!safe || !(sameHost || hub)) {
            throw new IOException(
                    "a redirect from %s to %s is not followed"
                            .formatted(from.getHost(), to.getHost()));
        }
        return to;
    }

    private static boolean isHub(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = host.toLowerCase(Locale.ROOT);
        return HUB_DOMAINS.stream()
                .anyMatch(domain -> name.equals(domain) || name.endsWith("." + domain));
    }
}
