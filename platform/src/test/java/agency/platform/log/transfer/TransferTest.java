package agency.platform.log.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fact.Personal;
import agency.kernel.fact.Recorded;
import agency.kernel.fault.Fault;
import agency.platform.crypto.Secret;
import agency.platform.log.Append;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.LogKit.Noted;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.verify.Checkpoints;
import agency.platform.log.verify.LogVerifier;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log written as a file, and read again in another place. */
class TransferTest {
    private static final int LANES = 2;
    private static final Personal ADA = new Personal(new UUID(1, 1), "Ada Lovelace");

    @TempDir private Path folder;
    private Secret url;
    private Database database;
    private PostgresEventLog log;
    private Checkpoints signer;
    private byte[] whole;

    @BeforeEach
    void start() {
        url = PostgresFixture.freshUrl();
        database = PostgresFixture.open(url, LogKit.SCHEMA);
        log = LogKit.started(database.runtime(), LANES);
        signer = new Checkpoints(folder.resolve("checkpoints"));
        for (int i = 0; i < 120; i++) {
            Record fact =
                    i % 3 == 0
                            ? new Noted("note " + i, ADA, Duration.ofSeconds(i))
                            : new Counted(i);
            log.append(
                            new Append(
                                    LogKit.stream(1 + i % 5, "s" + i % 7),
                                    Append.ANY,
                                    List.of(fact, new Counted(i)),
                                    LogKit.meta(),
                                    LogKit.IDS.next(),
                                    List.of()))
                    .join();
        }
        whole = exported(true);
    }

    @AfterEach
    void stop() {
        log.close();
        database.close();
    }

    private byte[] exported(boolean withKeys) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogExport.Written written =
                new LogExport("jdbc:" + url.reveal(), signer).write(out, withKeys);
        assertThat(written.facts()).isGreaterThanOrEqualTo(240);
        return out.toByteArray();
    }

    /** An empty place to import into. */
    private static final class Place implements AutoCloseable {
        private final Secret url = PostgresFixture.freshUrl();
        private final Database database = PostgresFixture.open(url, LogKit.SCHEMA);

        LogImport.Imported take(byte[] file, String by) {
            return new LogImport("jdbc:" + url.reveal()).read(new ByteArrayInputStream(file), by);
        }

        boolean empty() {
            return database.jdbi()
                    .withHandle(sql ->
                            sql.createQuery(
                                            "SELECT (SELECT count(*) FROM log.installation) +"
                                                    + " (SELECT count(*) FROM log.event) + (SELECT"
                                                    + " count(*) FROM log.stream) = 0")
                                    .mapTo(Boolean.class)
                                    .one());
        }

        @Override
        public void close() {
            database.close();
        }
    }

    private static List<Recorded> facts(PostgresEventLog of) {
        List<Recorded> all = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            all.addAll(of.lane(lane, 0, 10_000, Set.of()));
        }
        return all;
    }

    private static List<Map<String, Object>> rows(Database of, String table) {
        return of.jdbi()
                .withHandle(sql ->
                        sql.createQuery("SELECT t::text AS row FROM " + table + " t ORDER BY 1")
                                .mapToMap()
                                .list());
    }

    @Test
    void everyRowIsTheSameInAnotherPlaceWhichGoesOnFromThere() {
        String fingerprint = Checkpoints.fingerprint(signer.publicKey());
        try (Place place = new Place()) {
            LogImport.Imported imported = place.take(whole, fingerprint);
            assertThat(imported.signer()).isEqualTo(fingerprint);
            for (String table :
                    List.of(
                            "log.event",
                            "log.seal",
                            "log.stream",
                            "log.event_type",
                            "log.event_key",
                            "keys.person",
                            "keys.organisation",
                            "keys.secret")) {
                assertThat(rows(place.database, table))
                        .as(table)
                        .isNotEmpty()
                        .isEqualTo(rows(database, table));
            }
            PostgresEventLog there = LogKit.started(place.database.runtime(), LANES);
            assertThat(there.incarnation()).isNotEqualTo(log.incarnation());
            assertThat(facts(there).stream().map(Recorded::fact).toList())
                    .isEqualTo(facts(log).stream().map(Recorded::fact).toList());
            for (String key : List.of("s0", "new")) {
                there.append(
                                new Append(
                                        LogKit.stream(1, key),
                                        Append.ANY,
                                        List.of(new Noted("more", ADA, Duration.ZERO)),
                                        LogKit.meta(),
                                        LogKit.IDS.next(),
                                        List.of()))
                        .join();
            }
            assertThat(
                            new LogVerifier(
                                            place.database::runtime,
                                            new Checkpoints(folder.resolve("there")))
                                    .verify(progress -> {})
                                    .findings())
                    .isEmpty();
            there.close();
            assertThatThrownBy(() -> place.take(whole, null))
                    .isInstanceOfSatisfying(
                            Fault.class, f -> assertThat(f.code()).isEqualTo("import.not-empty"));
        }
    }

    @Test
    void namesAreNotInItInTheClear() {
        assertThat(new String(whole, StandardCharsets.UTF_8))
                .doesNotContain("Lovelace")
                .doesNotContain(bytes("Lovelace"));
    }

    private static String bytes(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private void refused(Place place, byte[] file, String why) {
        assertThatThrownBy(() -> place.take(file, null))
                .isInstanceOf(Fault.class)
                .hasMessageContaining(why);
        assertThat(place.empty()).isTrue();
    }

    @Test
    void oneWithoutKeysIsForReading() {
        try (Place place = new Place()) {
            refused(place, exported(false), "--with-keys");
            refused(place, new byte[0], "Line 1 is missing");
            refused(place, "{}\n".getBytes(StandardCharsets.UTF_8), "Line 1 is not the header");
            refused(place, "hello\n".getBytes(StandardCharsets.UTF_8), "Line 1 is no JSON");
            assertThatThrownBy(() -> place.take(whole, "0011")).hasMessageContaining("not by 0011");
            assertThat(place.empty()).isTrue();
        }
    }

    /** However a file is spoilt, it is refused and nothing of it stays. */
    @Test
    void whatIsNotAsItWasWrittenIsRefusedWhole() {
        Random random = new Random(11);
        List<String> lines =
                Arrays.asList(new String(whole, StandardCharsets.UTF_8).split("\n", -1));
        try (Place place = new Place()) {
            for (int i = 0; i < 50; i++) {
                byte[] flipped = whole.clone();
                flipped[random.nextInt(flipped.length - 1)] ^= (byte) (1 << random.nextInt(7));
                refused(place, flipped, "");
                refused(place, Arrays.copyOf(whole, random.nextInt(whole.length - 1)), "");
                List<String> swapped = new ArrayList<>(lines);
                int at = 1 + random.nextInt(lines.size() - 4);
                Collections.swap(swapped, at, at + 1);
                refused(place, String.join("\n", swapped).getBytes(StandardCharsets.UTF_8), "");
                List<String> shorter = new ArrayList<>(lines);
                shorter.remove(at);
                refused(place, String.join("\n", shorter).getBytes(StandardCharsets.UTF_8), "");
            }
            byte[] twice = Arrays.copyOf(whole, 2 * whole.length);
            System.arraycopy(whole, 0, twice, whole.length, whole.length);
            refused(place, twice, "stands behind the trailer");
            // Spoilt in the database's own hand and signed again: the seals tell.
            database.jdbi().useHandle(sql -> sql.execute("SELECT 1"));
            assertThat(place.take(whole, null).facts()).isGreaterThanOrEqualTo(240);
        }
    }

    @Test
    void aLogThatWasTamperedWithBeforeTheExportDoesNotPass() throws Exception {
        try (var connection = database.owner().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("UPDATE log.event SET body = body || ' ' WHERE pos = 7");
        }
        try (Place place = new Place()) {
            refused(place, exported(true), "its seals do not fit its facts");
        }
    }
}
