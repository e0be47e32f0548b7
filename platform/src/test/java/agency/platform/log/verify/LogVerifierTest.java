package agency.platform.log.verify;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.log.Append;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.PostgresEventLog;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a superuser changes in the log is found, and its position named. */
class LogVerifierTest {
    private static final int FACTS = 40;

    @TempDir private Path folder;
    private Database database;
    private CheckpointWriter writer;

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        PostgresEventLog log = LogKit.started(database.runtime());
        writer = new CheckpointWriter(database::runtime, new Checkpoints(folder));
        for (int i = 0; i < FACTS; i++) {
            boolean claims = i % 10 == 0;
            log.append(
                            new Append(
                                    LogKit.stream("s" + i % 5),
                                    Append.ANY,
                                    List.of(new Counted(i)),
                                    LogKit.meta(),
                                    LogKit.IDS.next(),
                                    claims
                                            ? List.of(new Append.Claim("slug", "v" + i, true))
                                            : List.of()))
                    .join();
        }
        log.close();
        writer.write();
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private Verdict verdict() {
        return new LogVerifier(database::runtime, new Checkpoints(folder)).verify(p -> {});
    }

    private void asSuperuser(String... statements) throws Exception {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
            }
        }
    }

    @Test
    void findsNothingWrongWithALogThatIsWhole() {
        Verdict verdict = verdict();
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.events()).isEqualTo(FACTS + 4);
        assertThat(verdict.checkpoints()).isEqualTo(1);
    }

    /** Somebody with the superuser's rights may rename the life; it cannot be done unseen. */
    @Test
    void countsTheCheckpointsThatAreOfAnotherLife() throws Exception {
        asSuperuser(
                "UPDATE log.installation SET incarnation = gen_random_uuid()",
                "UPDATE log.lane SET incarnation = (SELECT incarnation FROM log.installation)");
        Verdict verdict = verdict();
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.checkpoints()).isZero();
        assertThat(verdict.otherLives()).isEqualTo(1);
    }

    private void assertNames(long position, String... whats) {
        List<Verdict.Finding> findings = verdict().findings();
        for (String what : whats) {
            assertThat(findings)
                    .as(what + " at " + position)
                    .anyMatch(f ->
                            f.what().equals(what) && f.from() <= position && position <= f.to());
        }
    }

    @Test
    void findsAFlippedByteInEveryColumn() throws Exception {
        asSuperuser("UPDATE log.event SET body = set_byte(body, 3, 33) WHERE pos = 7");
        assertNames(7, "seal-broken");
        asSuperuser("UPDATE log.event SET meta = set_byte(meta, 5, 33) WHERE pos = 8");
        assertNames(8, "seal-broken");
        asSuperuser("UPDATE log.event SET recorded_at = recorded_at - interval '1 us' WHERE pos=9");
        assertNames(9, "seal-broken");
        asSuperuser("UPDATE log.event SET event_id = gen_random_uuid() WHERE pos = 10");
        assertNames(10, "seal-broken", "key-wrong", "key-missing");
        asSuperuser("UPDATE log.event SET tenant = 2 WHERE pos = 11");
        assertNames(11, "seal-broken", "stream-wrong");
        asSuperuser("UPDATE log.event SET key_id = 3 WHERE pos = 12");
        assertNames(12, "seal-broken");
        asSuperuser("UPDATE log.event SET schema_ver = 9 WHERE pos = 13");
        assertNames(13, "seal-broken");
        asSuperuser("UPDATE log.event SET type_id = 9 WHERE pos = 14");
        assertNames(14, "seal-broken", "type-unknown");
        asSuperuser("UPDATE log.event SET version = version + 100 WHERE pos = 15");
        assertNames(15, "seal-broken", "version-wrong");
    }

    @Test
    void findsADeletedRow() throws Exception {
        asSuperuser("DELETE FROM log.event WHERE pos = 20");
        assertNames(20, "fact-missing", "seal-broken");
    }

    @Test
    void findsACutTailWithItsHeadReset() throws Exception {
        asSuperuser(
                "DELETE FROM log.event WHERE pos > 30",
                "DELETE FROM log.seal WHERE pos > 30",
                "DELETE FROM log.event_key WHERE pos > 30",
                "DELETE FROM log.stream WHERE first_pos > 30",
                "UPDATE log.stream s SET version = (SELECT count(*) FROM log.event e WHERE"
                        + " e.stream_id = s.stream_id)",
                "UPDATE log.lane SET head = 30, seal = (SELECT hash FROM log.seal WHERE pos = 30)");
        Verdict verdict = verdict();
        assertThat(verdict.findings()).extracting(Verdict.Finding::what).containsOnly("tail-cut");
        assertThat(verdict.findings().getFirst().from()).isEqualTo(31);
    }

    @Test
    void findsAHistoryThatWasRewrittenWithItsSeals() throws Exception {
        asSuperuser("UPDATE log.event SET body = set_byte(body, 3, 33) WHERE pos = 44");
        asSuperuser(
                """
                UPDATE log.seal SET hash = (SELECT sha256(p.hash || (SELECT record_send(ROW(pos,
                  tenant, stream_id, version, type_id, schema_ver, event_id, key_id, recorded_at,
                  meta, body)) FROM log.event WHERE pos = 44)) FROM log.seal p WHERE p.pos = 43)
                WHERE pos = 44\
                """,
                "UPDATE log.lane SET seal = (SELECT hash FROM log.seal WHERE pos = 44)");
        assertThat(verdict().findings())
                .extracting(Verdict.Finding::what)
                .containsExactly("history-rewritten");
    }

    @Test
    void findsWhatWasChangedBesideTheFacts() throws Exception {
        asSuperuser("UPDATE log.stream SET key = 'other' WHERE key = 's3'");
        assertNames(5, "seal-broken");
        asSuperuser("UPDATE log.stream SET version = version + 1 WHERE key = 's2'");
        assertNames(4, "stream-wrong");
        asSuperuser("UPDATE log.stream SET state = 0 WHERE category = 'unique'");
        assertNames(2, "claim-wrong");
        asSuperuser("DELETE FROM log.event_key WHERE pos = 5");
        assertNames(5, "key-missing");
        asSuperuser("UPDATE log.event_type SET name = 'test.other' WHERE name = 'test.counted'");
        assertNames(0, "types-rewritten");
        asSuperuser("DELETE FROM log.seal WHERE pos = 44");
        assertNames(44, "seal-missing", "history-rewritten");
        asSuperuser("UPDATE log.lane SET head = 50");
        assertNames(50, "head-wrong");
        asSuperuser("UPDATE log.lane SET incarnation = gen_random_uuid()");
        assertNames(50, "life-wrong");
    }

    @Test
    void findsACheckpointThatIsNotOurs() throws Exception {
        Path file = folder.resolve("checkpoints.log");
        String line = Files.readString(file);
        Files.writeString(file, line.replace("lane 0 44", "lane 0 40"), StandardOpenOption.APPEND);
        Files.writeString(file, line, StandardOpenOption.APPEND);
        assertThat(verdict().findings())
                .extracting(Verdict.Finding::what)
                .containsExactly("checkpoint-bad");
    }
}
