package agency.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import agency.app.Moving;
import agency.app.profile.Profile;
import agency.platform.crypto.MasterKey;
import agency.platform.crypto.Secret;
import agency.platform.projection.Replay;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An installation copied, moved and looked at as it was, as a person does it. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MovingTest {
    private static final String MASTER_KEY = "--master_key=" + "6b".repeat(32);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir private Path folder;

    /** What a command printed, and what it ended with. */
    private record Said(int status, String text) {}

    private static Said say(String... words) {
        StringWriter said = new StringWriter();
        PrintWriter to = new PrintWriter(said, true);
        return new Said(AgencyCommand.run(to, to, words), said.toString());
    }

    private static String done(String... words) {
        Said said = say(words);
        assertThat(said.status()).as(said.text()).isZero();
        return said.text();
    }

    private static String refused(String... words) {
        Said said = say(words);
        assertThat(said.status()).as(said.text()).isEqualTo(AgencyCommand.FAILED);
        return said.text();
    }

    private static void await(BooleanSupplier holds) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private interface Work {
        void with(String data) throws Exception;
    }

    private static void serving(Path data, Work work) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Thread up =
                Thread.ofPlatform()
                        .start(() ->
                                AgencyCommand.run(
                                        new PrintWriter(out, true),
                                        new PrintWriter(err, true),
                                        "up",
                                        "--no-model",
                                        "--port=0",
                                        "--data=" + data,
                                        MASTER_KEY));
        try {
            await(() -> out.toString().contains("Agency is ready") || !up.isAlive());
            assertThat(err.toString()).isEmpty();
            work.with("--data=" + data);
        } finally {
            up.interrupt();
            up.join(PATIENCE);
        }
    }

    @Test
    void isCopiedWhileItServesAndComesBackInAnotherPlace() throws Exception {
        Path data = folder.resolve("data");
        Path backup = folder.resolve("backup");
        serving(
                data,
                where -> {
                    done("keys", "create", "kept", where);
                    String made = done("backup", "create", where, "--to=" + backup, "--verify");
                    assertThat(made)
                            .contains("everything acknowledged before", "The backup is whole");
                    assertThat(refused("backup", "create", where, "--to=" + backup))
                            .contains("it exists and is not empty");
                    done("keys", "create", "later", where);
                });
        assertThat(done("backup", "verify", backup.toString())).contains("whole");
        Path again = folder.resolve("again");
        assertThat(done("backup", "restore", backup.toString(), "--data=" + again))
                .contains("begun another life", "agency up --data " + again);
        assertThat(refused("backup", "restore", backup.toString(), "--data=" + again))
                .contains("new or an empty folder");
        serving(
                again,
                where -> {
                    assertThat(done("keys", "list", where))
                            .contains("kept")
                            .doesNotContain("later");
                    assertThat(done("events", "verify", where)).contains("whole");
                });
        assertThat(refused("backup", "create", "--data=" + folder.resolve("none"), "--to=x"))
                .contains("holds no Agency");
    }

    @Test
    void isExportedAndImported() throws Exception {
        Path data = folder.resolve("data");
        serving(data, where -> done("keys", "create", "kept", where));
        String where = "--data=" + data;
        Path file = folder.resolve("log.gz");
        // Nobody serves: the database is started for the while.
        String said = done("events", "export", where, "--with-keys", "--to=" + file);
        String signer = said.split("signed by ")[1].split(",")[0];
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(refused("events", "export", where, "--to=" + file)).contains("exists");
        assertThat(refused("events", "archive", where, "--older-than=30"))
                .contains("Single requests are shown for 30 days");
        assertThat(done("events", "archive", where, "--older-than=31"))
                .contains("nothing was put away");
        assertThat(refused("events", "unarchive", where, folder.resolve("none.gz").toString()))
                .contains("none.gz cannot be read");
        assertThat(refused("events", "export", where, "--to=" + folder.resolve("no/such")))
                .contains("does not exist");
        Path plain = folder.resolve("plain.ndjson");
        assertThat(done("events", "export", where, "--to=" + plain)).contains("for reading");

        Path there = folder.resolve("there");
        String into = "--data=" + there;
        assertThat(refused("events", "import", plain.toString(), into)).contains("--with-keys");
        assertThat(refused("events", "import", file.toString(), into, "--signer=00"))
                .contains("not by 00");
        assertThat(refused("events", "import", folder.resolve("none").toString(), into))
                .contains("There is no");
        Path torn = folder.resolve("torn.gz");
        Files.write(torn, "no gzip".getBytes(StandardCharsets.UTF_8));
        assertThat(refused("events", "import", torn.toString(), into)).contains("not compressed");
        assertThat(refused("events", "import", file.toString(), where))
                .contains("new or an empty folder");
        assertThat(there).doesNotExist();
        assertThat(done("events", "import", file.toString(), into, "--signer=" + signer))
                .contains("every seal proved");
        serving(
                there,
                imported -> {
                    assertThat(done("keys", "list", imported)).contains("kept");
                    assertThat(done("events", "verify", imported)).contains("whole");
                });
    }

    @Test
    void isShownAsItWasAndBuiltAnew() throws Exception {
        serving(
                folder.resolve("data"),
                where -> {
                    String position = headOf(where);
                    done("projects", "create", "after", where);
                    assertThat(done("projects", "list", where)).contains("after");
                    assertThat(done("projects", "list", where, "--as-of=" + position))
                            .doesNotContain("after")
                            .contains("First project");
                    Replay.Made made =
                            Moving.replay(
                                    StartOptions.settings(Path.of(where.substring(7))),
                                    MasterKey.of(Secret.of("6b".repeat(32))),
                                    position,
                                    "was");
                    assertThat(made.leftOut()).isEmpty();
                    assertThat(made.rows().get("was.entry")).isPositive();
                    assertThat(made.rows()).containsKeys("was.usage_by_hour", "was.request_batch");
                    assertThat(refused("events", "replay", where, "--until=9:9", "--into=b"))
                            .containsAnyOf("names a lane", "master key");
                    assertThat(refused("projects", "list", where, "--as-of=yesterday"))
                            .contains("must be a moment like");

                    String sums = "ledger.usage-by-hour";
                    assertThat(done("projections", "list", where)).contains(sums, "PER SECOND");
                    assertThat(refused("projections", "rollback", sums, where))
                            .contains("no earlier generation");
                    assertThat(done("projections", "rebuild", sums, where))
                            .contains("Generation 2");
                    await(() ->
                            done("projections", "show", sums, where)
                                    .contains("generation 2 of revision 2: live"));
                    assertThat(done("projections", "rollback", sums, where))
                            .contains("Generation 1");
                    assertThat(done("projections", "rollback", sums, "--to=2", where))
                            .contains("Generation 2");
                    assertThat(done("projections", "show", sums, where))
                            .contains("kept until", "lane 0, shard 0");
                });
    }

    private static String headOf(String where) {
        Path data = Path.of(where.substring("--data=".length()));
        Profile profile = Profile.read(data);
        return new AgencyClient(profile.address(), profile.token())
                .read("/api/v1/events?limit=1")
                .path("head")
                .asString()
                .split("@")[0];
    }

    @Test
    void saysWhatItCannotDo() {
        List<String> words = new ArrayList<>(Arrays.asList("backup", "verify"));
        words.add(folder.resolve("nothing").toString());
        assertThat(refused(words.toArray(String[]::new))).contains("it has no manifest.json");
    }
}
