package agency.bench.log;

import agency.bench.product.StartedAgency;
import agency.bench.upstream.ScriptedUpstream;
import agency.platform.postgres.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * How an Agency starts that has a long past: its log is filled with copies of one real batch of
 * usage, then it is started, killed and started again, asked as of a moment, and made to build its
 * sums anew.
 */
@Command(
        name = "start",
        description = "How an Agency with millions of facts starts, recovers and looks back.")
public final class StartBench implements Callable<Integer> {
    /** What must hold for ten million facts, milliseconds. */
    private static final long READY_WITHIN_MS = 10_000;

    private static final long AS_OF_WITHIN_MS = 2_000;
    private static final int QUESTIONS = 50;
    private static final int ATTEMPTS = 40;

    @Option(
            names = "--facts",
            paramLabel = "N",
            defaultValue = "10000000",
            description = "How many facts (default: ${DEFAULT-VALUE}).")
    private long facts;

    /** Measures; gives 0 when every target was met. */
    @Override
    public Integer call() throws Exception {
        Path data = Files.createTempDirectory("agency-bench-start").resolve("data");
        try (ScriptedUpstream upstream = ScriptedUpstream.usual();
                StartedAgency agency = StartedAgency.on(data, Map.of())) {
            used(agency, upstream.start(0));
            agency.stop();
            System.out.printf("filled with %,d facts in %,d ms%n", facts, filled(data));
            agency.restart();
            long ready = agency.millisToReady();
            System.out.printf("ready after %,d ms%n", ready);
            agency.killAndRestart();
            long recovered = agency.millisToReady();
            System.out.printf("ready after %,d ms when it was killed%n", recovered);
            long access = slowest(agency, "/api/v1/keys");
            long usage = slowest(agency, "/api/v1/usage");
            System.out.printf(
                    "as of a moment, slowest of %d: keys %,d ms, usage %,d ms%n",
                    QUESTIONS, access, usage);
            rebuilt(agency);
            boolean met =
                    ready < READY_WITHIN_MS
                            && recovered < READY_WITHIN_MS
                            && access < AS_OF_WITHIN_MS
                            && usage < AS_OF_WITHIN_MS;
            return met ? 0 : 1;
        }
    }

    private static void used(StartedAgency agency, int upstreamPort) throws Exception {
        agency.connect("scripted", "http://127.0.0.1:" + upstreamPort + "/v1", "sk-upstream");
        String key = agency.createKey("bench");
        for (int i = 0; i < ATTEMPTS; i++) {
            agency.chat(key);
        }
        while (agency.manage("GET", "/api/v1/usage", "").path("total").path("attempts").asInt(0)
                < ATTEMPTS) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /**
     * Copies the last batch of usage, as if ten a second had been recorded until now; milliseconds.
     */
    private long filled(Path data) throws SQLException {
        long from = System.nanoTime();
        try (EmbeddedPostgres server = new EmbeddedPostgres(data.resolve("postgres"))) {
            server.start();
            try (Connection connection =
                            DriverManager.getConnection("jdbc:" + server.ownerUrl("agency"));
                    Statement statement = connection.createStatement()) {
                statement.execute("SET synchronous_commit = off");
                statement.execute(
                        """
                        DO $$
                        DECLARE v_size bigint; v_head bigint; v_last bigint; v_at timestamptz;
                        BEGIN
                          SELECT partition_positions INTO v_size FROM log.installation;
                          SELECT head INTO v_head FROM log.lane WHERE lane = 0;
                          v_last := v_head + %d;
                          FOR v_from IN 0 .. v_last / v_size LOOP
                            UPDATE log.lane SET head = v_from * v_size WHERE lane = 0;
                            PERFORM log.make_partitions();
                          END LOOP;
                          v_at := clock_timestamp() - %d * interval '100 milliseconds';
                          UPDATE log.event SET recorded_at = v_at;
                          INSERT INTO log.event (lane, pos, tenant, stream_id, version, type_id, schema_ver, event_id,
                                                 key_id, recorded_at, meta, body)
                          SELECT e.lane, v_head + n, e.tenant, e.stream_id, e.version + n, e.type_id, e.schema_ver,
                                 gen_random_uuid(), e.key_id, v_at + n * interval '100 milliseconds', e.meta, e.body
                            FROM (SELECT e.* FROM log.event e JOIN log.stream s USING (stream_id)
                                   WHERE s.category LIKE '%%journal%%' ORDER BY e.pos DESC LIMIT 1) e,
                                 generate_series(1, %d) n;
                          UPDATE log.lane SET head = v_last WHERE lane = 0;
                          UPDATE log.stream SET version = version + %d WHERE category LIKE '%%journal%%';
                          UPDATE log.subscription SET pos = v_last WHERE lane = 0;
                        END $$\
                        """
                                .formatted(facts, facts, facts, facts));
                try (ResultSet row = statement.executeQuery("SELECT max(pos) FROM log.event")) {
                    row.next();
                    if (row.getLong(1) < facts) {
                        throw new SQLException("the log was not filled");
                    }
                }
                statement.execute("ANALYZE log.event");
            }
        }
        return (System.nanoTime() - from) / 1_000_000;
    }

    /** The slowest answer as of random positions, milliseconds. */
    private long slowest(StartedAgency agency, String path) {
        java.util.Random random = new java.util.Random(1);
        long slowest = 0;
        for (int i = 0; i < QUESTIONS; i++) {
            long position = 1 + random.nextLong(facts);
            long from = System.nanoTime();
            agency.manage("GET", path + "?as_of=0:" + position, "");
            slowest = Math.max(slowest, (System.nanoTime() - from) / 1_000_000);
        }
        return slowest;
    }

    private void rebuilt(StartedAgency agency) throws Exception {
        String sums = "/api/v1/projections/ledger.usage-by-hour";
        long from = System.nanoTime();
        int generation = agency.manage("POST", sums + "/rebuild", "").path("generation").asInt();
        while (true) {
            JsonNode now = agency.manage("GET", sums, "").path("projection");
            if (now.path("generation").asInt() == generation) {
                break;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        long millis = (System.nanoTime() - from) / 1_000_000;
        System.out.printf(
                "sums built anew in %,d ms: %,d ms for a million facts%n",
                millis, millis * 1_000_000 / facts);
    }
}
