package agency.ledger.view.requests;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Recorded;
import agency.kernel.metering.Caller;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.ledger.LedgerContext;
import agency.ledger.domain.budget.Charge;
import agency.ledger.domain.price.Tariff;
import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageFacts;
import agency.ledger.domain.usage.UsageRow;
import agency.ledger.testing.LedgerKit;
import agency.platform.log.Append;
import agency.platform.log.PostgresEventLog;
import agency.platform.postgres.Database;
import agency.platform.postgres.Schema;
import agency.platform.testing.InMemoryEventLog;
import agency.platform.testing.PostgresFixture;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Random attempts in facts that overlap, asked for in random ways, beside a plain filter. */
class RequestQueryTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final Instant BEGIN = Instant.parse("2026-11-20T22:00:00Z");
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final List<String> MODELS = List.of("small", "large", "rare");
    private static final int GENERATION = 3;

    private static final Random RANDOM = new Random(SEED);
    private static final InMemoryEventLog LOG = LedgerKit.memoryLog();
    private static Database database;
    private static List<UsageRow> all;

    @BeforeAll
    static void record() throws Exception {
        database =
                PostgresFixture.fresh(
                        Schema.closed(PostgresEventLog.SCHEMA, PostgresEventLog.MIGRATIONS),
                        LedgerContext.SCHEMA);
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            // Four hours, midnight among them; the top bit of some ids is set, as PostgreSQL's
            // order takes it for a large number and Java's for a negative one.
            long started = BEGIN.toEpochMilli() + RANDOM.nextLong(4 * 3_600_000L);
            UUID request =
                    new UUID(
                            (started << 16 | 0x7000) ^ (i % 50 == 0 ? Long.MIN_VALUE : 0),
                            RANDOM.nextLong());
            for (int attempt = 1; attempt <= (i % 7 == 0 ? 2 : 1); attempt++) {
                attempts.add(attempt(request, attempt, started));
            }
        }
        attempts.sort((a, b) -> Long.compare(a.open().startedMillis(), b.open().startedMillis()));
        // What began together ends apart: neighbours change places, far beyond one fact.
        for (int i = 0; i + 600 < attempts.size(); i += 3) {
            Collections.swap(attempts, i, i + RANDOM.nextInt(600));
        }
        int version = 0;
        for (int from = 0; from < attempts.size(); ) {
            int to = Math.min(attempts.size(), from + 1 + RANDOM.nextInt(200));
            LOG.append(
                            new Append(
                                    UsageFacts.journal("a-1"),
                                    version++,
                                    List.of(UsageBatch.pack(attempts.subList(from, to), to, 0)),
                                    new FactMeta("ledger", new UUID(0, from), null),
                                    new UUID(1, from),
                                    List.of()))
                    .get();
            from = to;
        }
        Requests projection = new Requests(() -> NOW, 30);
        List<Recorded> facts = LOG.lane(0, 0, 10_000, Set.of());
        database.jdbi().useTransaction(sql -> projection.apply(facts, sql, GENERATION));
        all = new ArrayList<>(LedgerKit.rows(LOG));
        all.sort(RequestOrder.NEWEST_FIRST);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static Attempt attempt(UUID request, int attempt, long started) {
        String model = MODELS.get(Math.min(2, RANDOM.nextInt(41) / 20));
        Caller caller =
                new Caller(
                        1 + RANDOM.nextInt(2), new UUID(7, RANDOM.nextInt(3)), null, LedgerKit.KEY);
        Intent intent =
                new Intent(request, attempt, caller, Operation.CHAT, "vendor", model, 10, 10);
        Outcome outcome =
                new Outcome(
                        RANDOM.nextInt(30) == 0 ? Ending.UPSTREAM_ERROR : Ending.COMPLETED,
                        UsageClass.REPORTED,
                        new TokenUsage(1, 2, 0, 0),
                        200,
                        1,
                        1,
                        1,
                        1,
                        null);
        return new OpenAttempt(1, intent, Tariff.of("vendor", model, null), Charge.NONE, started)
                .ended(outcome);
    }

    private static RequestQuery query() {
        return new RequestQuery(database.jdbi(), LOG, () -> GENERATION);
    }

    private static List<String> everyPage(RequestQuery.Asked asked) {
        List<String> seen = new ArrayList<>();
        RequestQuery.Asked next = asked;
        while (true) {
            RequestQuery.Page page = query().page(next);
            assertThat(page.complete()).isTrue();
            page.rows().forEach(row -> seen.add(row.request() + "/" + row.attempt()));
            if (!page.more() || page.rows().isEmpty()) return seen;
            RequestQuery.Row last = page.rows().getLast();
            next =
                    new RequestQuery.Asked(
                            asked.tenant(),
                            asked.from(),
                            asked.until(),
                            asked.key(),
                            asked.project(),
                            asked.provider(),
                            asked.model(),
                            asked.ending(),
                            new RequestQuery.After(last.day(), last.request(), last.attempt()),
                            asked.limit());
        }
    }

    /** Day by day, newest first, and within a day by id. */
    private static List<String> plainly(Predicate<UsageRow> wanted) {
        return all.stream()
                .filter(wanted)
                .sorted((a, b) ->
                        Long.compare(
                                Requests.day(b.startedMillis()), Requests.day(a.startedMillis())))
                .map(row -> row.request() + "/" + row.attempt())
                .toList();
    }

    @Test
    void pagesShowWhatAPlainFilterShows() {
        for (int round = 0; round < 40; round++) {
            int tenant = RANDOM.nextInt(3);
            UUID project = RANDOM.nextBoolean() ? null : new UUID(7, RANDOM.nextInt(3));
            String model = RANDOM.nextBoolean() ? null : MODELS.get(RANDOM.nextInt(3));
            Integer ending = RANDOM.nextInt(3) == 0 ? Ending.UPSTREAM_ERROR.code() : null;
            Instant from = BEGIN.plusSeconds(RANDOM.nextInt(7_200));
            Instant until = from.plusSeconds(1 + RANDOM.nextInt(10_000));
            int limit = 1 + RANDOM.nextInt(RequestQuery.MAX_PAGE);
            RequestQuery.Asked asked =
                    new RequestQuery.Asked(
                            tenant, from, until, null, project, null, model, ending, null, limit);
            assertThat(everyPage(asked))
                    .as("seed %d, round %d: %s", SEED, round, asked)
                    .isEqualTo(
                            plainly(row ->
                                    (tenant == 0 || row.caller().tenant() == tenant)
                                            && (project == null
                                                    || row.caller().project().equals(project))
                                            && (model == null || row.line().model().equals(model))
                                            && (ending == null || row.ending() == ending)
                                            && row.startedMillis() >= from.toEpochMilli()
                                            && row.startedMillis() < until.toEpochMilli()));
        }
    }

    @Test
    void findsEveryAttemptOfARequestAndNoneOfAnotherTenant() {
        Set<Integer> counts = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            UsageRow some = all.get(RANDOM.nextInt(all.size()));
            List<Integer> attempts =
                    all.stream()
                            .filter(row -> row.request().equals(some.request()))
                            .filter(row -> row.caller().tenant() == some.caller().tenant())
                            .map(UsageRow::attempt)
                            .sorted()
                            .toList();
            assertThat(query().attempts(some.caller().tenant(), some.request()))
                    .as("seed %d, request %s", SEED, some.request())
                    .extracting(RequestQuery.Row::attempt)
                    .isEqualTo(attempts);
            assertThat(query().attempts(9, some.request())).isEmpty();
            counts.add(query().attempts(0, some.request()).size());
        }
        assertThat(counts).contains(1, 2);
    }

    @Test
    void readsOnlyItsGeneration() {
        RequestQuery other = new RequestQuery(database.jdbi(), LOG, () -> GENERATION + 1);
        assertThat(other.attempts(0, all.getFirst().request())).isEmpty();
        assertThat(LocalDate.ofEpochDay(Requests.day(all.getFirst().startedMillis())))
                .isAfterOrEqualTo(LocalDate.parse("2026-11-20"));
    }
}
