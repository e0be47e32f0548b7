package agency.platform.log.http;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fault.Fault;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Problems;
import agency.platform.http.Route;
import agency.platform.json.Json;
import agency.platform.log.EventLog;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.codec.FactCodec;
import agency.platform.log.verify.LogVerifier;
import agency.platform.log.verify.Verdict;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/** The routes of the log, for administrators. */
public final class EventRoutes {
    /** Facts looked at for one page, wanted or not; the answer says where to go on. */
    private static final int MAX_SCANNED = 20_000;

    private static final int CHUNK = 1_000;

    private static final String EVENT_STREAM = "text/event-stream";
    private static final Map<String, String> NOT_STORED = Map.of("cache-control", "no-store");

    private final EventLog log;
    private final LogVerifier verifier;
    private final FactCodec codec;
    private final Readers readers = new Readers();
    private final Semaphore verifying = new Semaphore(1);

    /** Routes of this log. */
    public EventRoutes(PostgresEventLog log, LogVerifier verifier) {
        this.log = log;
        this.verifier = verifier;
        this.codec = FactCodec.withoutPersonalTexts(log.facts());
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/events",
                        "listEvents",
                        Permission.of("events.read"),
                        this::list),
                Route.of(
                        HttpMethod.POST,
                        "/api/v1/events/verify",
                        "verifyEvents",
                        Permission.of("events.verify"),
                        this::verify));
    }

    /**
     * A page of facts. Not paged by a cursor as other lists are: any position begins one, a fact's
     * own or that of a live stream, and there is always a next one, for the log goes on.
     *
     * @param head where the log stands
     * @param nextAfter what to give as {@code after} for the following page
     */
    record Page(String head, String nextAfter, List<ShownFact> items) {}

    private Answer list(Call call) {
        if (call.header("Accept").orElse("").contains(EVENT_STREAM)) {
            return live(call);
        }
        EventQuery query = EventQuery.of(call, log, false);
        Position head = log.head(query.after().lane());
        if (!head.incarnation().equals(query.after().incarnation())) {
            throw EventQuery.anotherLife();
        }
        List<ShownFact> page = new ArrayList<>();
        long at = query.after().value();
        int scanned = 0;
        while (at < head.value() && page.size() < query.limit() && scanned < MAX_SCANNED) {
            List<Recorded> facts = query.read(log, at, head.value(), CHUNK);
            scanned += Math.max(1, facts.size());
            long reached = facts.size() < CHUNK ? head.value() : last(facts);
            for (Recorded fact : facts) {
                if (query.wants(fact)) {
                    page.add(ShownFact.of(fact, codec));
                    if (page.size() == query.limit()) {
                        reached = fact.position().value();
                        break;
                    }
                }
            }
            at = reached;
        }
        Position next = new Position(head.incarnation(), head.lane(), at);
        return new Answer(200, NOT_STORED, new Page(head.toString(), next.toString(), page));
    }

    private static long last(List<Recorded> facts) {
        return facts.getLast().position().value();
    }

    private Answer live(Call call) {
        EventQuery query = EventQuery.of(call, log, true);
        UUID reader = call.principal().actor();
        if (!readers.hasRoomFor(reader)) {
            throw new Problem(
                    503,
                    "too-many-tails",
                    "Too much at once",
                    "At most "
                            + Readers.MOST
                            + " live streams are read at once here, "
                            + Readers.MOST_OF_ONE
                            + " by one caller; end one first.",
                    Map.of(Problems.RETRY_AFTER, 1));
        }
        return new Answer(
                200,
                NOT_STORED,
                new Answer.Streamed(
                        EVENT_STREAM,
                        out ->
                                new Tail(log, codec, query, call::mayStill, out)
                                        .whileAPlaceIsFree(readers, reader)));
    }

    private Answer verify(Call call) {
        if (verifying.availablePermits() == 0) {
            throw new Problem(
                    409,
                    "verification-running",
                    "The log is being verified",
                    "Another verification is under way; wait for its end.");
        }
        boolean events = call.header("Accept").orElse("").contains(EVENT_STREAM);
        return new Answer(
                200,
                NOT_STORED,
                new Answer.Streamed(
                        events ? EVENT_STREAM : "application/x-ndjson",
                        out -> verify(out, events)));
    }

    private void verify(OutputStream out, boolean events) throws IOException {
        if (!verifying.tryAcquire()) {
            say(out, events, "problem", Map.of("code", "verification-running"));
            return;
        }
        try {
            Verdict verdict =
                    verifier.verify(progress -> {
                        try {
                            say(out, events, "progress", progress);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            say(out, events, "verdict", ShownVerdict.of(verdict));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (Fault e) {
            say(out, events, "problem", Map.of("code", e.code()));
        } finally {
            verifying.release();
        }
    }

    /** The verdict with its sum. */
    record ShownVerdict(
            boolean whole,
            String incarnation,
            long events,
            long seals,
            long archived,
            int checkpoints,
            int otherLives,
            List<Verdict.Finding> findings) {
        static ShownVerdict of(Verdict verdict) {
            return new ShownVerdict(
                    verdict.whole(),
                    verdict.incarnation().toString(),
                    verdict.events(),
                    verdict.seals(),
                    verdict.archived(),
                    verdict.checkpoints(),
                    verdict.otherLives(),
                    verdict.findings());
        }
    }

    private static void say(OutputStream out, boolean events, String name, Object data)
            throws IOException {
        if (events) {
            Tail.event(out, name, data);
        } else {
            out.write((Json.text(Map.of(name, data)) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        out.flush();
    }
}
