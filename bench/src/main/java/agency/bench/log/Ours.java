package agency.bench.log;

import agency.kernel.fact.FactMeta;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.id.IdSource;
import agency.kernel.id.Ids;
import agency.platform.crypto.SealedBox;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.LogSettings;
import agency.platform.log.PostgresEventLog;
import agency.platform.projection.LogInstances;
import agency.platform.projection.LogProjections;
import agency.platform.projection.Projection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The log under the same load as the floor. */
final class Ours implements AutoCloseable {
    /** What is recorded: some 150 bytes of JSON. */
    record Happened(UUID subject, long number, String words) {}

    /** Facts in one append of the batched measure. */
    static final int BATCH = Floor.BATCH;

    static final String WORDS =
            "a sentence of the length that facts have in this house, more or less, on most days";

    static final UUID NOBODY = new UUID(0, 0);

    static final List<FactType<?>> FACTS =
            List.of(new FactType<>("bench.happened", 1, Happened.class));

    private static final IdSource IDS =
            () ->
                    Ids.version7(
                            System.currentTimeMillis(),
                            ThreadLocalRandom.current().nextLong(),
                            ThreadLocalRandom.current().nextLong());

    private final PostgresEventLog log;
    private final LogInstances instances;
    private final LogProjections projections;
    private final FactMeta meta = new FactMeta("bench", IDS.next(), null);

    /** Keeps one row a stream, as most projections do. */
    private record LastWords() implements Projection {
        @Override
        public String name() {
            return "bench.last-words";
        }

        @Override
        public int revision() {
            return 1;
        }

        @Override
        public Set<String> categories() {
            return Set.of("bench.lag");
        }

        @Override
        public void apply(List<Recorded> facts, Handle sql, int generation) {
            for (Recorded fact : facts) {
                sql.createUpdate(
                                "INSERT INTO last_words VALUES (?, ?, ?) ON CONFLICT (generation,"
                                        + " key) DO UPDATE SET number = excluded.number")
                        .bind(0, generation)
                        .bind(1, fact.stream().key())
                        .bind(2, ((Happened) fact.fact()).number())
                        .execute();
            }
        }

        @Override
        public void forget(Handle sql, int generation) {
            sql.execute("DELETE FROM last_words WHERE generation = ?", generation);
        }
    }

    Ours(Supplier<DataSource> database, Jdbi jdbi) {
        log =
                new PostgresEventLog(
                        database,
                        LogSettings.DEFAULT,
                        FACTS,
                        () -> new SealedBox(new byte[32], SecretSource.system()),
                        IDS);
        log.start();
        instances = new LogInstances(database, log, IDS, true);
        instances.start();
        projections = new LogProjections(log, () -> jdbi, instances);
        projections.add(new LastWords());
        projections.start();
    }

    private Happened fact(long number) {
        return new Happened(meta.correlation(), number, WORDS);
    }

    /** One fact at the version expected, on a stream of the caller's own. */
    Callers.Caller ones(String run, int number) {
        StreamName stream = StreamName.of(1, "bench", run + "/" + number);
        int[] version = {0};
        return () -> {
            record(stream, version[0], List.of(fact(version[0])));
            version[0]++;
            return 1;
        };
    }

    /** {@link #BATCH} facts in one append, as journals are drained. */
    Callers.Caller batches(String run, int number) {
        StreamName stream = StreamName.of(1, "bench", run + "/" + number);
        int[] version = {0};
        return () -> {
            List<Happened> facts = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                facts.add(fact(i));
            }
            record(stream, version[0], facts);
            version[0] += BATCH;
            return BATCH;
        };
    }

    private Position record(StreamName stream, int version, List<Happened> facts) {
        Appended answer = log.append(Append.at(stream, version, facts, meta)).join();
        if (answer instanceof Appended.Ok ok) {
            return ok.last();
        }
        throw new IllegalStateException("the log answered " + answer);
    }

    /** Reads the whole log from its beginning; facts a second. */
    double catchUp() {
        long head = log.head(0).value();
        long began = System.nanoTime();
        long at = 0;
        while (at < head) {
            List<Recorded> facts = log.lane(0, at, head, 4_000, Set.of());
            at = facts.getLast().position().value();
        }
        return head / ((System.nanoTime() - began) / 1e9);
    }

    /** Its end, read as another process reads it: what is asked for is in the database. */
    Tailed tail() {
        StreamName stream = StreamName.of(1, "bench", UUID.randomUUID().toString());
        long[] at = {log.head(0).value()};
        int[] version = {0};
        return new Tailed() {
            @Override
            public void append(long number) {
                record(stream, version[0]++, List.of(new Happened(NOBODY, number, WORDS)));
            }

            @Override
            public @Nullable Happened next(int limit) {
                long head = log.head(0).value();
                List<Recorded> facts = log.lane(0, at[0], head, limit, Set.of());
                at[0] = facts.isEmpty() ? at[0] : facts.getLast().position().value();
                return facts.isEmpty() ? null : (Happened) facts.getLast().fact();
            }

            @Override
            public void close() {
                // The log is closed by whoever opened it.
            }
        };
    }

    /** From a fact's answer to the commit of the row it makes, in milliseconds, p50 and p99. */
    double[] lag(long millis) throws InterruptedException {
        Histogram micros = new Histogram(60_000_000, 3);
        StreamName stream = StreamName.of(1, "bench.lag", UUID.randomUUID().toString());
        long until = System.nanoTime() + millis * 1_000_000;
        for (int version = 0; System.nanoTime() < until; version++) {
            Position at = record(stream, version, List.of(fact(version)));
            long answered = System.nanoTime();
            if (!projections.await(at, List.of("bench.last-words"), Duration.ofSeconds(30))) {
                throw new IllegalStateException("the projection does not follow");
            }
            micros.recordValue((System.nanoTime() - answered) / 1_000);
            Thread.sleep(2);
        }
        return new double[] {
            micros.getValueAtPercentile(50) / 1e3, micros.getValueAtPercentile(99) / 1e3
        };
    }

    @Override
    public void close() {
        projections.close();
        instances.close();
        log.close();
    }
}
