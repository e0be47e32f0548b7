package agency.bench.log;

import agency.bench.Reports;
import agency.platform.crypto.Secret;
import agency.platform.json.Json;
import agency.platform.log.PostgresEventLog;
import agency.platform.postgres.Database;
import agency.platform.postgres.DatabaseSettings;
import agency.platform.postgres.Schema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The log against the floor in one run, interleaved, on the embedded PostgreSQL with durability on.
 * The machine drifts: only ratios within one run mean anything.
 */
@Command(
        name = "log",
        description =
                "The event log beside plain INSERTs and beside one that is read by transaction"
                        + " number: appends, reading, latency.")
public final class LogBench implements Callable<Integer> {
    private static final int[] CALLERS = {1, 8, 64};

    private static final int BATCH_CALLERS = 8;

    /** Readings that are not counted: the compiler is still at work. */
    private static final int WARM_READS = 2;

    /** Rounds of floor and ours that are not counted, for the same reason. */
    private static final int WARM_ROUNDS = 2;

    private static final int WARM_CALLERS = 8;

    private static final int CONNECTIONS = 12;

    /** Rows of the log that is read by transaction number, before it is read from its beginning. */
    private static final int FILLED = 300_000;

    /** How long somebody else's transaction stays open, milliseconds. */
    private static final int OPEN_MS = 1_000;

    @Mixin private final Reports reports = new Reports();

    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "A new database of a PostgreSQL of your own, as its superuser"
                            + " (postgresql://host:port/database?user=…&password=…), instead of"
                            + " the embedded one.")
    private @Nullable String url;

    private final LogReport report = new LogReport();

    private String server = "";

    private int rounds() {
        return reports.brief() ? 1 : 3;
    }

    private long millis() {
        return reports.brief() ? 1_500 : 5_000;
    }

    /** Measures and reports; gives 1 when a must was missed. */
    @Override
    public Integer call() throws Exception {
        Path home = Files.createTempDirectory("agency-bench-log");
        try (Database database =
                new Database(
                        url == null
                                ? DatabaseSettings.embedded()
                                : new DatabaseSettings(Secret.of(url), null, CONNECTIONS),
                        () -> home,
                        List.of(
                                Schema.closed(
                                        PostgresEventLog.SCHEMA, PostgresEventLog.MIGRATIONS)),
                        List.of())) {
            database.start();
            measure(database);
        } finally {
            remove(home);
        }
        String head = head(rounds(), millis());
        report.write(reports.folder(), url == null ? "log" : "log-external", head);
        System.out.println(report.markdown(head));
        return report.missed() == 0 ? 0 : 1;
    }

    private String head(int rounds, long millis) {
        return "# The event log against the floor\n\n"
                + "`./agency bench log`, "
                + LocalDate.now(java.time.ZoneOffset.UTC)
                + ", "
                + Runtime.getRuntime().availableProcessors()
                + " cores, Java "
                + Runtime.version().feature()
                + ", "
                + server
                + ", durability on; "
                + rounds
                + " rounds of "
                + millis
                + " ms each, floor and ours in turn and warmed alike, medians. The floor is one"
                + " plain row (or "
                + Floor.BATCH
                + " in one transaction under a row lock) without versions, order or seals, over "
                + Floor.CONNECTIONS
                + " connections. Ours: one fact at an expected version of the caller's stream, or "
                + Ours.BATCH
                + " facts in one append.\n";
    }

    private void measure(Database database) throws Exception {
        byte[] body = Json.write(new Ours.Happened(UUID.randomUUID(), 1, Ours.WORDS));
        String where = url == null ? database.embedded().orElseThrow().ownerUrl("agency") : url;
        Jdbi owner = Jdbi.create(database.owner());
        server =
                (url == null ? "embedded PostgreSQL " : "PostgreSQL ")
                        + owner.withHandle(sql ->
                                sql.getConnection().getMetaData().getDatabaseProductVersion());
        owner.useHandle(sql -> {
            sql.execute(
                    "CREATE TABLE last_words (generation int, key text, number bigint,"
                            + " PRIMARY KEY (generation, key))");
            sql.execute("GRANT ALL ON last_words TO " + database.runtimeRole());
        });
        try (Floor floor = new Floor("jdbc:" + where, body);
                ByTransaction theirs = new ByTransaction("jdbc:" + where, body);
                Ours ours = new Ours(database::runtime, database.jdbi())) {
            for (int round = 0; round < WARM_ROUNDS; round++) {
                String run = "warm/" + round;
                Callers.run(WARM_CALLERS, millis(), n -> floor::insertOne);
                Callers.run(WARM_CALLERS, millis(), n -> ours.ones(run, n));
            }
            for (int callers : CALLERS) {
                ones(floor, ours, callers);
            }
            batches(floor, ours);
            List<Double> reads = new ArrayList<>();
            for (int round = 0; round < WARM_READS + 3; round++) {
                double rate = ours.catchUp();
                if (round >= WARM_READS) {
                    reads.add(rate);
                }
            }
            report.atLeast("catch-up reads", median(reads), "/s", 200_000);
            double[] lag = ours.lag(rounds() * millis());
            report.note("projection lag, p50", 0, lag[0], "ms");
            report.atMost("projection lag, p99", 0, lag[1], "ms", 50);
            beside(theirs, ours, median(reads), owner);
        }
    }

    private void ones(Floor floor, Ours ours, int callers) throws Exception {
        List<Callers.Measured> plain = new ArrayList<>();
        List<Callers.Measured> log = new ArrayList<>();
        for (int round = 0; round < rounds(); round++) {
            String run = callers + "/" + round;
            plain.add(Callers.run(callers, millis(), n -> floor::insertOne));
            log.add(Callers.run(callers, millis(), n -> ours.ones(run, n)));
        }
        String what = callers == 1 ? "1 caller" : callers + " callers";
        double low = median(plain.stream().map(Callers.Measured::perSecond).toList());
        double high = median(log.stream().map(Callers.Measured::perSecond).toList());
        if (callers == 8) {
            report.note(what, low, high, "/s");
        } else {
            report.ratio(what, low, high, 0.5);
        }
        report.note(
                what + ", p50",
                median(plain.stream().map(Callers.Measured::p50Ms).toList()),
                median(log.stream().map(Callers.Measured::p50Ms).toList()),
                "ms");
        double floorTail = median(plain.stream().map(Callers.Measured::p99Ms).toList());
        double tail = median(log.stream().map(Callers.Measured::p99Ms).toList());
        if (callers == 64) {
            report.atMost(what + ", p99", floorTail, tail, "ms", 10);
        } else {
            report.note(what + ", p99", floorTail, tail, "ms");
        }
    }

    /** Beside a log that is read by transaction number. */
    private void beside(ByTransaction theirs, Ours ours, double ourReads, Jdbi owner)
            throws Exception {
        theirs.fill(FILLED);
        List<Double> reads = new ArrayList<>();
        for (int round = 0; round < WARM_READS + 3; round++) {
            theirs.rewind();
            long began = System.nanoTime();
            while (theirs.next(4_000) != null) {
                // To its end.
            }
            if (round >= WARM_READS) {
                reads.add(FILLED / ((System.nanoTime() - began) / 1e9));
            }
        }
        report.beside("catch-up reads", median(reads), ourReads, "/s");
        Tailed tail = ours.tail();
        for (Tailed warm : List.of(theirs, tail)) {
            warm.seen(millis());
        }
        seen("seen", theirs.seen(millis()), tail.seen(millis()));
        owner.useHandle(sql -> sql.execute("CREATE TABLE somebody_elses (at timestamptz)"));
        AtomicBoolean over = new AtomicBoolean();
        Thread somebody =
                Thread.startVirtualThread(() -> {
                    while (!over.get()) {
                        owner.useTransaction(sql -> {
                            sql.execute("INSERT INTO somebody_elses VALUES (now())");
                            sql.execute("SELECT pg_sleep(?)", OPEN_MS / 1_000.0);
                        });
                    }
                });
        seen("seen beside an open transaction", theirs.seen(millis()), tail.seen(millis()));
        over.set(true);
        somebody.join();
    }

    private void seen(String what, Tailed.Seen theirs, Tailed.Seen ours) {
        report.beside(what + ", p50", theirs.p50(), ours.p50(), "ms");
        report.beside(what + ", p99", theirs.p99(), ours.p99(), "ms");
        report.beside(what + ", longest", theirs.longest(), ours.longest(), "ms");
    }

    private void batches(Floor floor, Ours ours) throws Exception {
        List<Double> plain = new ArrayList<>();
        List<Double> log = new ArrayList<>();
        for (int round = 0; round < rounds(); round++) {
            String run = "batch/" + round;
            plain.add(Callers.run(BATCH_CALLERS, millis(), floor::batches).perSecond());
            log.add(Callers.run(BATCH_CALLERS, millis(), n -> ours.batches(run, n)).perSecond());
        }
        report.ratio(
                "in batches of 256, " + BATCH_CALLERS + " callers",
                median(plain),
                median(log),
                0.4);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip((values.size() - 1) / 2).findFirst().orElse(0.0);
    }

    private static void remove(Path folder) throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
