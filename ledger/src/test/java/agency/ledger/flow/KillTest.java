package agency.ledger.flow;

import static org.assertj.core.api.Assertions.assertThat;

import agency.ledger.api.LedgerSettings;
import agency.ledger.domain.usage.UsageRow;
import agency.ledger.testing.JournalChild;
import agency.ledger.testing.LedgerKit;
import agency.ledger.testing.LedgerNode;
import agency.platform.crypto.Secret;
import agency.platform.testing.PostgresFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, killed with SIGKILL at any moment, and every attempt counted. */
class KillTest {
    @TempDir Path root;

    @Test
    void countsEveryAttemptOfAKilledProcessOnceThoughTheRecoveryIsKilledToo() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Secret url = PostgresFixture.freshUrl();
        Path journals = root.resolve("journal");
        // Two lives, each killed while it writes at full speed.
        for (int life = 0; life < 2; life++) {
            Process writer = child("write", url, journals, root.resolve("life-" + life), life);
            awaitLine(writer, "writing");
            Path said = root.resolve("life-" + life);
            int enough = 5_000 + random.nextInt(15_000);
            LedgerKit.await("written, seed " + seed, () -> written(said) >= enough);
            kill(writer);
        }
        // Recoveries, each killed on its way.
        int killed = 0;
        for (int i = 0; i < 3; i++) {
            Process recovery = child("recover", url, journals, root.resolve("none"), 0);
            awaitLine(recovery, "recovering");
            if (!recovery.waitFor(20 + random.nextInt(120), TimeUnit.MILLISECONDS)) {
                killed++;
            }
            kill(recovery);
        }
        assertThat(killed).as("seed %d: some recovery was cut off", seed).isPositive();
        try (LedgerNode node =
                new LedgerNode(url, journals, LedgerSettings.DEFAULT, InstantSource.system())
                        .start()) {
            long counted = verify(LedgerKit.rows(node.log()), seed);
            assertThat(counted).as("seed %d", seed).isGreaterThan(1_000);
            node.settle();
            long inHours =
                    node.database()
                            .jdbi()
                            .withHandle(sql ->
                                    sql.createQuery(
                                                    "SELECT sum(attempts)"
                                                            + " FROM ledger.usage_by_hour")
                                            .mapTo(Long.class)
                                            .one());
            assertThat(inHours).as("the projection counts the same").isEqualTo(counted);
        }
    }

    /** How many attempts the writers of a life say they have made, so far. */
    private static long written(Path said) {
        try {
            ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(said));
            long sum = 0;
            for (int writer = 0; writer < JournalChild.WRITERS; writer++) {
                sum += all.getLong(writer * 16 + 8);
            }
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long verify(List<UsageRow> rows, long seed) throws IOException {
        Map<UUID, UsageRow> byRequest = new HashMap<>();
        for (UsageRow row : rows) {
            assertThat(byRequest.put(row.request(), row))
                    .as("seed %d: %s is there twice", seed, row.request())
                    .isNull();
        }
        long counted = 0;
        for (int life = 0; life < 2; life++) {
            ByteBuffer said = ByteBuffer.wrap(Files.readAllBytes(root.resolve("life-" + life)));
            for (int writer = 0; writer < JournalChild.WRITERS; writer++) {
                long begun = said.getLong(writer * 16);
                long done = said.getLong(writer * 16 + 8);
                assertThat(begun).isBetween(done, done + 1);
                for (long i = 1; i <= begun; i++) {
                    UsageRow row = byRequest.remove(JournalChild.request(life, writer, i));
                    if (i > done && row == null) {
                        // Killed before its intent was written: nothing was called, nothing counts.
                        continue;
                    }
                    assertThat(row).as("seed %d: attempt %d is missing", seed, i).isNotNull();
                    counted++;
                    boolean leftOpen =
                            JournalChild.leftOpen(i) || (i > done && row.usageClass() == 3);
                    assertThat(row.usageClass()).as("seed %d", seed).isEqualTo(leftOpen ? 3 : 1);
                    assertThat(row.input())
                            .as("seed %d", seed)
                            .isEqualTo(leftOpen ? 1_000 : JournalChild.input(i));
                }
            }
        }
        assertThat(byRequest).as("seed %d: attempts nobody made", seed).isEmpty();
        return counted;
    }

    private static Process child(String mode, Secret url, Path journals, Path said, int life)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JournalChild.class.getName(),
                        mode,
                        journals.toString(),
                        said.toString(),
                        Integer.toString(life));
        builder.environment().put("LEDGER_TEST_URL", url.reveal());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return builder.start();
    }

    private static void awaitLine(Process process, String line) throws IOException {
        var reader = process.inputReader();
        for (String read = reader.readLine(); read != null; read = reader.readLine()) {
            if (read.equals(line)) {
                return;
            }
        }
        throw new AssertionError("the child ended before it said " + line);
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
}
