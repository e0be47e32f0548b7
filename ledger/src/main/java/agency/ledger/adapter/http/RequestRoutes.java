package agency.ledger.adapter.http;

import agency.ledger.view.requests.RequestQuery;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Paging;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What became of single requests, newest first. */
public final class RequestRoutes {
    private final RequestQuery query;
    private final InstantSource clock;
    private final int keptDays;

    /**
     * The routes.
     *
     * @param keptDays how many days there are rows for
     */
    public RequestRoutes(RequestQuery query, InstantSource clock, int keptDays) {
        this.query = query;
        this.clock = clock;
        this.keptDays = keptDays;
    }

    /** The list of them. */
    public List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/requests",
                        "listRequests",
                        Permission.of("requests.read"),
                        this::list),
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/requests/{id}",
                        "readRequest",
                        Permission.of("requests.read"),
                        this::one));
    }

    record Attempt(
            UUID request,
            int attempt,
            UUID project,
            UUID key,
            String provider,
            String model,
            String operation,
            Instant startedAt,
            String ending,
            String usageClass,
            @Nullable Integer upstreamStatus,
            long inputTokens,
            long outputTokens,
            long cachedInputTokens,
            long reasoningTokens,
            @Nullable Money cost,
            @Nullable String price,
            @Nullable Long firstByteUs,
            long upstreamUs,
            long totalUs,
            long overheadUs,
            @Nullable String providerRequestId) {}

    record Page(List<Attempt> items, @Nullable String nextCursor, boolean complete) {}

    record Request(UUID request, List<Attempt> attempts) {}

    private Answer list(Call call) {
        Asking asking = new Asking(call);
        Instant until = asking.moment("to").orElseGet(() -> clock.instant().plusMillis(1));
        Instant from =
                asking.moment("from").orElseGet(() -> until.minus(Duration.ofDays(keptDays)));
        Asking.stretch(from, until, Duration.ofDays(keptDays + 1L));
        @Nullable String ending = asking.word("ending", Codes.endings()).orElse(null);
        int limit = Paging.limit(call);
        RequestQuery.Page page =
                query.page(
                        new RequestQuery.Asked(
                                call.principal().tenant(),
                                from,
                                until,
                                asking.id("key").orElse(null),
                                asking.id("project").orElse(null),
                                asking.name("provider").orElse(null),
                                asking.name("model").orElse(null),
                                ending == null ? null : Codes.ending(ending),
                                call.query("cursor").map(RequestRoutes::after).orElse(null),
                                limit));
        List<RequestQuery.Row> rows = page.rows();
        return Answer.ok(
                new Page(
                        rows.stream().map(RequestRoutes::shown).toList(),
                        page.more() && !rows.isEmpty() ? cursor(rows.getLast()) : null,
                        page.complete()));
    }

    private Answer one(Call call) {
        UUID id = call.pathId("id");
        List<RequestQuery.Row> rows = query.attempts(call.principal().tenant(), id);
        if (rows.isEmpty()) {
            throw new Problem(
                    404,
                    "request-not-found",
                    "No such request",
                    "There is no request "
                            + id
                            + " of the last "
                            + keptDays
                            + " days; a new one shows within a second of its end.");
        }
        return Answer.ok(new Request(id, rows.stream().map(RequestRoutes::shown).toList()));
    }

    private static Attempt shown(RequestQuery.Row row) {
        return new Attempt(
                row.request(),
                row.attempt(),
                row.project(),
                row.key(),
                row.provider(),
                row.model(),
                Codes.operation(row.operation()),
                row.started(),
                Codes.ending(row.ending()),
                Codes.usageClass(row.usageClass()),
                row.status() == 0 ? null : row.status(),
                row.input(),
                row.output(),
                row.cached(),
                row.reasoning(),
                row.costNanos() == null ? null : Money.of(row.costNanos()),
                row.price(),
                row.firstByteMicros() == 0 ? null : row.firstByteMicros(),
                row.upstreamMicros(),
                row.totalMicros(),
                row.overheadMicros(),
                row.providerRequest());
    }

    private static String cursor(RequestQuery.Row row) {
        String text = row.day() + "/" + row.request() + "/" + row.attempt();
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static RequestQuery.After after(String cursor) {
        try {
            String[] parts =
                    new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8)
                            .split("/", -1);
            if (parts.length == 3) {
                return new RequestQuery.After(
                        LocalDate.parse(parts[0]),
                        UUID.fromString(parts[1]),
                        Integer.parseInt(parts[2]));
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            // The same answer as for too few parts.
        }
        throw Paging.wrongCursor();
    }
}
