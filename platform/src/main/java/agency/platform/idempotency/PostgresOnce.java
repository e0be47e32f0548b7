package agency.platform.idempotency;

import agency.platform.crypto.Digests;
import agency.platform.crypto.SealedBox;
import agency.platform.http.Answer;
import agency.platform.http.Once;
import agency.platform.http.Problem;
import agency.platform.json.Json;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in PostgreSQL, for all processes, which requests were made and what they were answered,
 * for a day. After draft-ietf-httpapi-idempotency-key-header-07: the same request gets the same
 * answer; another one under the same key is refused; one that is still under way too. Answers are
 * sealed, since they may hold what is shown once.
 */
public final class PostgresOnce implements Once {
    /** The schema of its table. */
    public static final String SCHEMA = "idempotency";

    /** For how long an answer is given again. */
    public static final Duration KEPT = Duration.ofDays(1);

    /** After this long a request that has no answer yet was cut off. */
    static final Duration UNDER_WAY = Duration.ofMinutes(2);

    /** After so many requests those that are no longer kept are deleted. */
    private static final int TIDIED_EVERY = 100;

    private static final int TIDIED_AT_ONCE = 1_000;

    private final Jdbi jdbi;
    private final Supplier<SealedBox> box;
    private final AtomicInteger begun = new AtomicInteger();

    /** Remembers here, sealed with this. */
    public PostgresOnce(Jdbi jdbi, Supplier<SealedBox> box) {
        this.jdbi = jdbi;
        this.box = box;
    }

    /** An answer as it is kept. */
    record Kept(int status, Map<String, String> headers, @Nullable String json) {}

    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Row(byte[] body, boolean recent, boolean ended, byte @Nullable [] answer) {}

    @Override
    public Answer answer(Asked asked, Callable<Answer> handler) throws Exception {
        byte[] scope = scope(asked);
        byte[] body = Digests.sha256(asked.body());
        if (!begin(scope, body)) {
            Row row = row(scope);
            if (row != null) {
                return before(scope, row, body);
            }
            // It was too old to be kept and has just gone, or was given up as never done.
            if (!begin(scope, body)) {
                throw underWay();
            }
        }
        return first(scope, handler);
    }

    private Answer first(byte[] scope, Callable<Answer> handler) throws Exception {
        Answer answer;
        try {
            answer = handler.call();
        } catch (Exception | Error failed) {
            if (failed instanceof Problem problem && problem.status() < 500) {
                // A clear no: nothing was done, and the same key may ask again, put right.
                forget(scope);
            } else {
                ended(scope, null);
            }
            throw failed;
        }
        if (answer.body() instanceof Answer.Raw || answer.body() instanceof Answer.Streamed) {
            forget(scope);
            return answer;
        }
        Object document = answer.body();
        ended(
                scope,
                new Kept(
                        answer.status(),
                        answer.headers(),
                        document == null ? null : Json.text(document)));
        return answer;
    }

    private Answer before(byte[] scope, Row row, byte[] body) {
        if (!Arrays.equals(row.body, body)) {
            throw new Problem(
                    422,
                    "idempotency-key-reused",
                    "The key was used for something else",
                    "Idempotency-Key was sent before with another body: use a new key for each"
                            + " thing to be done.");
        }
        if (row.answer != null) {
            return again(Json.read(box.get().open(row.answer, associated(scope)), Kept.class));
        }
        if (!row.ended && row.recent) {
            throw underWay();
        }
        throw new Problem(
                409,
                "outcome-unknown",
                "What became of it is not known",
                "The first request with this Idempotency-Key was cut off: look whether it was done,"
                        + " and ask with a new key if not.");
    }

    private static Problem underWay() {
        return new Problem(
                409,
                "request-under-way",
                "It is being done",
                "The first request with this Idempotency-Key is still under way.",
                Map.of("retry_after", 1));
    }

    private static Answer again(Kept kept) {
        Map<String, String> headers = new HashMap<>(kept.headers());
        headers.put("idempotent-replayed", "true");
        String json = kept.json();
        return new Answer(
                kept.status(),
                headers,
                json == null ? null : new Answer.Raw("application/json", Buffer.buffer(json)));
    }

    private boolean begin(byte[] scope, byte[] body) {
        if (begun.incrementAndGet() % TIDIED_EVERY == 0) {
            tidy();
        }
        return jdbi.withHandle(sql ->
                sql.createUpdate(
                                        """
                                        INSERT INTO idempotency.request AS r (scope, body) VALUES (:scope, :body)
                                        ON CONFLICT (scope) DO UPDATE
                                          SET body = excluded.body, begun = now(), ended = false, answer = NULL
                                          WHERE r.begun < now() - make_interval(secs => :kept)
                                        """)
                                .bind("scope", scope)
                                .bind("body", body)
                                .bind("kept", KEPT.toSeconds())
                                .execute()
                        == 1);
    }

    private @Nullable Row row(byte[] scope) {
        return jdbi.withHandle(sql ->
                sql.createQuery(
                                "SELECT body, begun > now() - make_interval(secs => :underWay) AS"
                                    + " recent, ended, answer FROM idempotency.request WHERE scope"
                                    + " = :scope")
                        .bind("scope", scope)
                        .bind("underWay", UNDER_WAY.toSeconds())
                        .map((row, context) ->
                                new Row(
                                        row.getBytes("body"),
                                        row.getBoolean("recent"),
                                        row.getBoolean("ended"),
                                        row.getBytes("answer")))
                        .findOne()
                        .orElse(null));
    }

    private void ended(byte[] scope, @Nullable Kept kept) {
        byte[] sealed = kept == null ? null : box.get().seal(Json.write(kept), associated(scope));
        jdbi.useHandle(sql ->
                sql.execute(
                        "UPDATE idempotency.request SET ended = true, answer = ? WHERE scope = ?",
                        sealed,
                        scope));
    }

    private void forget(byte[] scope) {
        jdbi.useHandle(sql ->
                sql.execute("DELETE FROM idempotency.request WHERE scope = ?", (Object) scope));
    }

    private void tidy() {
        jdbi.useHandle(sql ->
                sql.createUpdate(
                                """
                                DELETE FROM idempotency.request WHERE scope IN (
                                  SELECT scope FROM idempotency.request
                                  WHERE begun < now() - make_interval(secs => :kept) LIMIT :most)
                                """)
                        .bind("kept", KEPT.toSeconds())
                        .bind("most", TIDIED_AT_ONCE)
                        .execute());
    }

    private static byte[] scope(Asked asked) {
        String all =
                asked.tenant() + "\n" + asked.actor() + "\n" + asked.request() + "\n" + asked.key();
        return Digests.sha256(all.getBytes(StandardCharsets.UTF_8));
    }

    private static String associated(byte[] scope) {
        return "idempotency/" + HexFormat.of().formatHex(scope);
    }
}
