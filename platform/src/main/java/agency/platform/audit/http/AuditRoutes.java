package agency.platform.audit.http;

import agency.platform.audit.AuditQuery;
import agency.platform.audit.AuditQuery.Asked;
import agency.platform.audit.AuditQuery.Entry;
import agency.platform.audit.AuditQuery.Place;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Paging;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import agency.platform.json.Json;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who did what to what, and who was refused what; page by page, or all as CSV or NDJSON. */
public final class AuditRoutes {
    private static final Permission READ = Permission.of("audit.read");
    private static final int EXPORTED_AT_ONCE = 1_000;
    private static final int MAX_TEXT = 200;

    private final AuditQuery query;
    private final Function<UUID, Optional<String>> names;

    /**
     * The routes.
     *
     * @param names what a person is called; empty once erased
     */
    public AuditRoutes(AuditQuery query, Function<UUID, Optional<String>> names) {
        this.query = query;
        this.names = names;
    }

    /** The list of them. */
    public List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, "/api/v1/audit", "listAudit", READ, this::list),
                Route.of(
                        HttpMethod.GET, "/api/v1/audit/export", "exportAudit", READ, this::export));
    }

    /** What was acted upon. */
    record Target(String kind, String id) {}

    /**
     * One thing that was done or refused.
     *
     * @param actor the id of a key or a session, or the name of a part
     * @param person who acts by it; absent for parts and when nobody was known
     * @param name what the person is called; absent once erased
     * @param reason why it was refused; absent when it was done
     * @param network roughly where a refusal came from
     * @param request what ties together everything that one request caused
     */
    record AuditDocument(
            UUID id,
            Instant at,
            int organization,
            String action,
            String actor,
            @Nullable UUID person,
            @Nullable String name,
            @Nullable Target target,
            String outcome,
            @Nullable String reason,
            int times,
            @Nullable String network,
            UUID request) {}

    /** A page; {@code nextCursor} is the cursor of the page after it, absent on the last. */
    record AuditPage(List<AuditDocument> items, @Nullable String nextCursor) {}

    private Answer list(Call call) {
        int limit = Paging.limit(call);
        List<Entry> found = query.newest(asked(call), limit + 1);
        List<Entry> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.ok(
                new AuditPage(
                        page.stream().map(this::document).toList(),
                        found.size() > limit ? cursor(page.getLast().place()) : null));
    }

    private Answer export(Call call) {
        Asked asked = asked(call);
        String format = call.query("format").orElse("ndjson");
        return switch (format) {
            case "ndjson" ->
                    exported("application/x-ndjson", "ndjson", out -> each(asked, out, this::line));
            case "csv" ->
                    exported(
                            "text/csv; charset=utf-8; header=present",
                            "csv",
                            out -> {
                                out.write(bytes(Csv.HEADER));
                                each(asked, out, entry -> Csv.line(document(entry)));
                            });
            default -> throw Paging.wrong("format", "must be ndjson or csv");
        };
    }

    private static Answer exported(String type, String ending, Answer.Streamed.Writer writer) {
        return new Answer(
                200,
                Map.of("content-disposition", "attachment; filename=\"audit." + ending + "\""),
                new Answer.Streamed(type, writer));
    }

    private void each(Asked asked, OutputStream out, Function<Entry, String> line)
            throws IOException {
        Asked rest = asked;
        List<Entry> found;
        do {
            found = query.newest(rest, EXPORTED_AT_ONCE);
            for (Entry entry : found) {
                out.write(bytes(line.apply(entry)));
            }
            if (!found.isEmpty()) {
                rest = rest.after(found.getLast().place());
            }
        } while (found.size() == EXPORTED_AT_ONCE);
    }

    private String line(Entry entry) {
        return Json.text(document(entry)) + "\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** An organisation sees its own; all are seen by those who look after the installation. */
    private static Asked asked(Call call) {
        boolean all = call.principal().permissions().contains(Permission.INSTALLATION);
        return new Asked(
                all ? organisation(call) : Integer.valueOf(call.principal().tenant()),
                moment(call, "from"),
                moment(call, "to"),
                text(call, "actor"),
                call.query("person").map(AuditRoutes::person).orElse(null),
                text(call, "action"),
                text(call, "target"),
                call.query("outcome").map(AuditRoutes::refused).orElse(null),
                call.query("cursor").map(AuditRoutes::place).orElse(null));
    }

    private static @Nullable Integer organisation(Call call) {
        String number = call.query("organization").orElse(null);
        if (number == null) {
            return null;
        }
        if (!number.matches("\\d{1,9}")) {
            throw Paging.wrong("organization", "must be an organisation's number");
        }
        return Integer.valueOf(number);
    }

    private static @Nullable Instant moment(Call call, String name) {
        String text = call.query(name).orElse(null);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw Paging.wrong(name, "must be a moment such as 2026-11-21T10:00:00Z");
        }
    }

    private static @Nullable String text(Call call, String name) {
        String text = call.query(name).orElse(null);
        if (text != null && (text.isEmpty() || text.length() > MAX_TEXT)) {
            throw Paging.wrong(name, "must have 1 to " + MAX_TEXT + " characters");
        }
        return text;
    }

    private static UUID person(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Paging.wrong("person", "must be a UUID, as GET /api/v1/users shows it");
        }
    }

    private static Boolean refused(String outcome) {
        return switch (outcome) {
            case "refused" -> true;
            case "done" -> false;
            default -> throw Paging.wrong("outcome", "must be done or refused");
        };
    }

    private static String cursor(Place place) {
        String text = place.at() + "/" + place.lane() + "/" + place.pos();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text));
    }

    private static Place place(String cursor) {
        try {
            String[] parts =
                    new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8)
                            .split("/", -1);
            if (parts.length == 3) {
                return new Place(
                        Instant.parse(parts[0]),
                        Integer.parseInt(parts[1]),
                        Long.parseLong(parts[2]));
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            // Said below.
        }
        throw Paging.wrongCursor();
    }

    private AuditDocument document(Entry entry) {
        UUID person = entry.person();
        return new AuditDocument(
                entry.fact(),
                entry.place().at(),
                entry.tenant(),
                entry.action(),
                entry.actor(),
                person,
                person == null ? null : names.apply(person).orElse(null),
                entry.targetKind() == null || entry.target() == null
                        ? null
                        : new Target(entry.targetKind(), entry.target()),
                entry.reason() == null ? "done" : "refused",
                entry.reason(),
                entry.times(),
                entry.network(),
                entry.correlation());
    }
}
