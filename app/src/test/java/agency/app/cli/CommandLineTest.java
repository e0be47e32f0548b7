package agency.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import agency.app.AgencySettings;
import agency.app.Program;
import agency.app.Program.ModelFetch;
import agency.app.profile.Profile;
import agency.platform.config.Configuration;
import agency.platform.config.Sources;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line against a program that really runs, with its own PostgreSQL. */
@TestMethodOrder(MethodOrderer.MethodName.class)
class CommandLineTest {
    private static final String MASTER_KEY = "5a".repeat(32);

    @TempDir private static Path data;

    private static Program program;

    /** What a command said and how it ended. */
    private record Said(int status, String out, String err) {}

    @BeforeAll
    static void start() {
        AgencySettings settings =
                Configuration.load(
                                AgencySettings.class,
                                Sources.none()
                                        .flags(
                                                List.of(
                                                        "--data=" + data,
                                                        "--server.port=0",
                                                        "--master_key=" + MASTER_KEY)))
                        .values();
        program = Program.assemble(settings, false);
        program.start();
    }

    @AfterAll
    static void stop() {
        program.stop();
        assertThat(program.stopped()).isTrue();
    }

    @Test
    void writesAProfileThatOnlyItsOwnerCanRead() throws IOException {
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(data.resolve("cli.yaml"))))
                .isEqualTo("rw-------");
        assertThat(Profile.read(data).toString()).doesNotContain(Profile.read(data).token());
    }

    @Test
    void createsListsAndRevokesKeys() {
        Said made =
                say(
                        "keys",
                        "create",
                        "billing app",
                        "--model",
                        "local",
                        "--cap",
                        "2.50",
                        "--expires",
                        "2099-01-01T00:00:00Z");
        assertThat(made.err()).isEmpty();
        String key = made.out().strip();
        assertThat(key).matches("sk-agency-[A-Za-z0-9_-]{43}");
        AgencyClient bearer = new AgencyClient(Profile.read(data).address(), key);
        assertThat(bearer.read("/v1/models").path("data").isArray()).isTrue();

        String row =
                say("keys", "list")
                        .out()
                        .lines()
                        .filter(line -> line.contains("billing app"))
                        .findFirst()
                        .orElseThrow();
        assertThat(row).contains("active");
        assertThat(say("keys", "revoke", row.split(" ")[0]).status()).isEqualTo(AgencyCommand.OK);
        assertThat(
                        say("keys", "list")
                                .out()
                                .lines()
                                .filter(line -> line.contains("billing app"))
                                .findFirst()
                                .orElseThrow())
                .contains("revoked");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> bearer.read("/v1/models"))
                .hasMessageContaining("revoked");
    }

    @Test
    void rotatesAKeyAndMakesOneThatAdministrates() {
        Said made = say("keys", "create", "worker", "--network", "127.0.0.0/8");
        AgencyClient first = new AgencyClient(Profile.read(data).address(), made.out().strip());
        String id = firstOf("keys", "worker");
        Said rotated = say("keys", "rotate", id, "--overlap", "0");
        AgencyClient second = new AgencyClient(Profile.read(data).address(), rotated.out().strip());
        assertThat(second.read("/v1/models").path("data").isArray()).isTrue();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> first.read("/v1/models"))
                .hasMessageContaining("expired");
        Said elsewhere = say("keys", "create", "elsewhere", "--network", "192.0.2.0/24");
        AgencyClient stranger =
                new AgencyClient(Profile.read(data).address(), elsewhere.out().strip());
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> stranger.read("/v1/models"))
                .hasMessageContaining("may not be used from the address");
        assertThat(say("keys", "create", "reader", "--role", "analyst").out().strip())
                .startsWith("sk-agency-admin-");
        Said auditor = say("keys", "create", "auditor", "--installation-role", "auditor");
        AgencyClient auditing =
                new AgencyClient(Profile.read(data).address(), auditor.out().strip());
        assertThat(auditing.read("/api/v1/session").path("installation_role").asString())
                .isEqualTo("auditor");
    }

    @Test
    void opensAndClosesProjects() {
        String id = say("projects", "create", "Sales").out().strip();
        assertThat(say("projects", "list").out()).contains(id).contains("First project");
        assertThat(say("keys", "create", "seller", "--project", id).err()).isEmpty();
        assertThat(say("projects", "close", id).status()).isEqualTo(AgencyCommand.OK);
        assertThat(say("keys", "create", "seller", "--project", id).err())
                .contains("names no open project");
        assertThat(say("keys", "list").out().lines().filter(row -> row.contains("seller")))
                .allMatch(row -> row.contains("revoked"));
    }

    @Test
    void opensChangesAndClosesBudgets() {
        String project = say("projects", "create", "Budgeted").out().strip();
        String id =
                say(
                                "budgets",
                                "create",
                                "Trial",
                                "--of",
                                "project:" + project,
                                "--tokens",
                                "5000",
                                "--every",
                                "24",
                                "--models",
                                "openai/*,gpt-4o",
                                "--alerts",
                                "50,80")
                        .out()
                        .strip();
        assertThat(say("budgets", "list").out())
                .contains(id)
                .contains("project:" + project)
                .contains("rolling 24 h")
                .contains("5000 tokens");
        assertThat(say("budgets", "change", id, "--tokens", "6000", "--mode", "soft").out())
                .contains("Trial: 6000 tokens, 6000 tokens left");
        assertThat(say("budgets", "create", "Both", "--tokens", "1", "--amount", "1").err())
                .contains("either an amount");
        assertThat(say("budgets", "create", "Whose", "--of", "user:" + project, "--tokens", "1"))
                .matches(said -> said.err().contains("There is no user"));
        assertThat(say("budgets", "close", id).status()).isEqualTo(AgencyCommand.OK);
        assertThat(say("budgets", "change", id, "--name", "New").err())
                .contains("cannot be changed");
        String month =
                say("budgets", "create", "Month", "--amount", "1.5", "--every", "month").out();
        assertThat(say("budgets", "list").out()).contains(month.strip()).contains("1.5");
        say("budgets", "close", month.strip());
    }

    @Test
    void invitesMembersAndOrganisations() {
        Said invited = say("users", "invite", "bob@acme.example", "--role", "viewer");
        assertThat(invited.out()).containsPattern("/#invitation=[A-Za-z0-9_-]{43}");
        String token = invited.out().lines().findFirst().orElseThrow().split("=")[1];
        AgencyClient anyone = new AgencyClient(Profile.read(data).address(), "none");
        String person =
                anyone.send(
                                "POST",
                                "/api/v1/invitations/accept",
                                java.util.Map.of(
                                        "token", token,
                                        "name", "Bob",
                                        "password", "correct horse battery"))
                        .path("person")
                        .asString();
        assertThat(say("users", "list").out()).contains("bob@acme.example").contains(person);
        assertThat(say("users", "link", person).out()).contains("/#link=");
        assertThat(say("users", "remove", person).out()).contains("removed");
        assertThat(say("users", "export", person).out()).contains("bob@acme.example");
        assertThat(say("users", "erase", person).err()).contains("--yes");
        assertThat(say("users", "erase", person, "--yes").out())
                .contains("\"released_email\":true");
        assertThat(say("users", "export", person).out()).doesNotContain("bob@acme.example");
        assertThat(say("users", "list").out()).doesNotContain("bob@acme.example");
        assertThat(
                        say(
                                        "users",
                                        "invite",
                                        "x",
                                        "--role",
                                        "viewer",
                                        "--installation-role",
                                        "auditor")
                                .err())
                .contains("name@domain");

        Said opened = say("organizations", "create", "Other", "--owner", "eve@other.example");
        assertThat(opened.out()).contains("organisation 2").contains("/#invitation=");
        assertThat(say("organizations", "list").out()).contains("Other");
        assertThat(say("organizations", "close", "2").out()).contains("closed 2");
        assertThat(say("organizations", "close", "1").err()).contains("runs the installation");
    }

    @Test
    void saysWhoDidWhatAndWhoWasRefused() {
        say("keys", "create", "audited");
        String id = firstOf("keys", "audited");
        String listed = say("audit", "list", "--action", "access.project-key", "-n", "200").out();
        assertThat(listed)
                .contains(id)
                .contains("Administrator")
                .contains("access.project-key.issued");
        assertThat(say("audit", "list", "--target", id).out().lines()).hasSize(2);
        assertThat(say("audit", "export", "--format", "csv", "--target", id).out().lines())
                .hasSize(2)
                .last()
                .asString()
                .contains("Administrator");
        assertThat(say("audit", "export", "--refused").err()).isEmpty();
        assertThat(say("audit", "export", "--format", "xml").err()).contains("ndjson or csv");
        assertThat(say("audit", "list", "--from", "yesterday").err()).contains("moment");
    }

    private static String firstOf(String command, String name) {
        return say(command, "list")
                .out()
                .lines()
                .filter(row -> row.contains(name))
                .findFirst()
                .orElseThrow()
                .split(" ")[0];
    }

    @Test
    void saysWhatIsWrongWithAKeyThatCannotBe() {
        Said said = say("keys", "create", "k", "--expires", "tomorrow");
        assertThat(said.status()).isEqualTo(AgencyCommand.FAILED);
        assertThat(said.err()).startsWith("agency: ").contains("expires_at");
        assertThat(say("keys", "revoke", "no-such-key").err()).contains("nothing with the id");
    }

    @Test
    void listsModelsAndParts() {
        assertThat(say("models", "list").out()).contains("MODEL").contains("bge-small-en-v1.5");
        assertThat(say("parts").out())
                .contains("database")
                .contains("gateway")
                .doesNotContain("failed");
    }

    @Test
    void refusesToPullWhatIsNoModel() {
        Said said = say("models", "pull", "no-such-model");
        assertThat(said.status()).isEqualTo(AgencyCommand.FAILED);
        assertThat(said.err()).contains("qwen2.5-0.5b-instruct");
    }

    @Test
    void verifiesTheLog() {
        Said said = say("events", "verify");
        assertThat(said.err()).isEmpty();
        assertThat(said.out()).contains(": whole").doesNotContain("NOT");
        assertThat(said.status()).isEqualTo(AgencyCommand.OK);
    }

    @Test
    void goesBackInTheLogByCounting() {
        assertThat(EventsCommand.back("0:25@1b4e28ba-2fa1-41d2-883f-0016d3cca427", 10))
                .isEqualTo("0:15@1b4e28ba-2fa1-41d2-883f-0016d3cca427");
        assertThat(EventsCommand.back("0:3@1b4e28ba-2fa1-41d2-883f-0016d3cca427", 10))
                .startsWith("0:0@");
    }

    @Test
    void makesALinkThatSignsABrowserIn() {
        assertThat(say("admin", "link").out().strip())
                .matches("http://127\\.0\\.0\\.1:\\d+/#link=[A-Za-z0-9_-]{43}");
        assertThat(program.oneTimeLink()).hasSize(43);
    }

    @Test
    void printsTheDocumentOfEveryRoute() {
        assertThat(say("openapi").out()).startsWith("openapi:").contains("/v1/chat/completions:");
        AgencyClient anyone = new AgencyClient(Profile.read(data).address(), "none");
        assertThat(anyone.text("/docs")).contains("swagger-ui-bundle.js");
        assertThat(anyone.text("/docs/start.js")).contains("/openapi.yaml");
        assertThat(anyone.text("/docs/swagger-ui.css")).contains("swagger-ui");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> anyone.text("/docs/pom.xml"))
                .hasMessageContaining("/docs/pom.xml");
    }

    @Test
    void theDoctorLooksAtTheRunningProgramToo() {
        Said said = say("doctor", "--port=1", "--master_key=" + MASTER_KEY);
        assertThat(said.out())
                .contains("durability")
                .contains("PostgreSQL 18")
                .as("where it listens, not where it would")
                .contains(
                        ":" + Profile.read(data).address().getPort() + " is served by this Agency");
        assertThat(said.status()).isEqualTo(AgencyCommand.OK);
    }

    @Test
    void theDoctorShowsEverySettingAndNoSecret() {
        Said said = say("doctor", "--config", "--master_key=" + MASTER_KEY);
        assertThat(said.out())
                .contains("server.port")
                .contains("8080")
                .contains("********")
                .doesNotContain(MASTER_KEY);
    }

    @Test
    void everySettingThatIsWrongIsSaidAtOnce() {
        Said said = sayBare("doctor", "--server.prot=1", "--server.port=many", "--data=" + data);
        assertThat(said.status()).isEqualTo(AgencyCommand.FAILED);
        assertThat(said.err()).contains("server.prot").contains("server.port").contains("many");
    }

    @Test
    void chatSaysWhenThereIsNoModel() {
        Said said = say("chat", "hello");
        assertThat(said.status()).isEqualTo(AgencyCommand.FAILED);
        assertThat(said.err()).contains("models pull");
        assertThat(Profile.read(data).chatKey()).startsWith("sk-agency-");
        assertThat(say("chat", "--model", "nothing", "hello").err()).contains("nothing");
    }

    @Test
    void aSecondProgramOnTheSameFolderIsToldWhoHasIt() {
        Said said =
                sayBare(
                        "serve",
                        "--no-model",
                        "--port=0",
                        "--data=" + data,
                        "--master_key=" + MASTER_KEY);
        assertThat(said.status()).isEqualTo(AgencyCommand.FAILED);
        assertThat(said.err())
                .contains("Another Agency")
                .contains("process " + ProcessHandle.current().pid())
                .contains("--data");
    }

    @Test
    void aBusyPortIsNamed(@TempDir Path other) {
        int port = Profile.read(data).address().getPort();
        Said said =
                sayBare(
                        "serve",
                        "--no-model",
                        "--port=" + port,
                        "--data=" + other,
                        "--master_key=" + MASTER_KEY);
        assertThat(said.status()).isEqualTo(AgencyCommand.FAILED);
        assertThat(said.err()).contains("" + port);
        assertThat(other.resolve("postgres"))
                .as("nothing was founded whose first key nobody would see")
                .doesNotExist();
    }

    @Test
    void aRehearsalStartsCallsItsOwnDoorsAndStops(@TempDir Path other) throws IOException {
        Said said =
                sayBare(
                        "serve",
                        "--rehearse",
                        "--egress.allow=127.0.0.0/8",
                        "--no-model",
                        "--port=0",
                        "--data=" + other,
                        "--master_key=" + MASTER_KEY);
        assertThat(said.err()).isEmpty();
        assertThat(said.status()).isEqualTo(AgencyCommand.OK);
        Path words = other.resolve("first-start.txt");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(words)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(words))
                .contains("There is no model to talk to yet")
                .contains("sk-agency-")
                .contains("#link=");
    }

    @Test
    void withoutAProgramEveryCommandSaysHowToStartOne(@TempDir Path nowhere) {
        Said said = sayBare("keys", "list", "--data", nowhere.toString());
        assertThat(said.status()).isEqualTo(AgencyCommand.FAILED);
        assertThat(said.err()).contains("agency up --data " + nowhere);
    }

    @Test
    void aStoppedProgramIsSaidToBeUnreachable(@TempDir Path stopped) {
        new Profile(java.net.URI.create("http://127.0.0.1:1"), "token", null).write(stopped);
        assertThat(sayBare("parts", "--data", stopped.toString()).err())
                .contains("No Agency answers at http://127.0.0.1:1");
        assertThat(sayBare("doctor", "--data=" + stopped, "--master_key=" + MASTER_KEY).out())
                .contains("agency up");
    }

    @Test
    void aWrongWordGetsASuggestion() {
        Said said = sayBare("kyes");
        assertThat(said.status()).isEqualTo(AgencyCommand.MISUSED);
        assertThat(said.err()).contains("no command 'agency kyes'", "agency keys");
        assertThat(sayBare("keys", "creat", "x").err())
                .contains("Did you mean: agency keys create");
        assertThat(sayBare("chat", "--modle", "x").err())
                .contains("agency chat has no option --modle. Did you mean: --model");
        assertThat(sayBare("up", "--prot=1").err())
                .contains("agency has no option --prot. Did you mean: --port");
        assertThat(sayBare("keys").err()).contains("There are: create, list, revoke");
        assertThat(sayBare("parts", "please").err()).contains("agency parts takes no 'please'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "up",
                "serve",
                "test",
                "build",
                "bench",
                "doctor",
                "parts",
                "models",
                "chat",
                "keys",
                "events",
                "admin",
                "openapi",
                "users",
                "projects",
                "budgets",
                "organizations",
                "audit"
            })
    void everyCommandExplainsItself(String command) {
        Said said = command.isEmpty() ? sayBare("--help") : sayBare(command, "--help");
        assertThat(said.status()).isEqualTo(AgencyCommand.OK);
        assertThat(said.out()).contains("Usage: agency");
    }

    @ParameterizedTest
    @ValueSource(strings = {"test", "build", "bench"})
    void whatNeedsTheSourcesSaysSo(String command) {
        assertThat(sayBare(command).err())
                .contains("clone the repository")
                .contains("./agency " + command);
    }

    @Test
    void sizesAreSaidAsPeopleSayThem() {
        assertThat(Text.size(512)).isEqualTo("512 B");
        assertThat(Text.size(1_500)).isEqualTo("1.5 kB");
        assertThat(Text.size(98_362_432)).isEqualTo("98 MB");
        assertThat(Text.size(2_500_000_000_000L)).isEqualTo("2.5 TB");
    }

    @Test
    void firstWordsGoToAFileWhenNobodySitsThere() throws IOException {
        StringWriter out = new StringWriter();
        FirstWords.toFile(program, new PrintWriter(out, true));
        assertThat(out.toString())
                .contains("Agency is ready at http://127.0.0.1:")
                .doesNotContain("sk-agency")
                .doesNotContain("#link");
        StringWriter terminal = new StringWriter();
        PrintWriter person = new PrintWriter(terminal, true);
        FirstWords.ready(program, person);
        FirstWords.tryIt(program, person);
        assertThat(terminal.toString())
                .contains("#link=")
                .contains("agency models pull --data " + data)
                .as("no call is shown that must fail")
                .doesNotContain("curl ");
        assertThat(FirstWords.curl("http://127.0.0.1:1", "$AGENCY_API_KEY", "it's"))
                .as("the shell puts the key in, and a name does not end its quotes")
                .startsWith("curl http://127.0.0.1:1/v1/chat/completions -H \"Auth")
                .contains("\"Authorization: Bearer $AGENCY_API_KEY\"")
                .contains("\"model\": \"it'\\''s\"");
    }

    @Test
    void thereIsNoProgressToShowWithoutAModelOnItsWay() throws InterruptedException {
        StringWriter out = new StringWriter();
        new ModelProgress(program::modelFetch, program::stopped, true, new PrintWriter(out, true))
                .show();
        assertThat(out.toString()).isEmpty();
        assertThat(program.modelFetch().running()).isFalse();
    }

    @Test
    void aBarIsDrawnWhateverTheFiguresAre() {
        assertThat(Text.bar(10, 147, 100)).startsWith("[##########] 100 %");
        assertThat(Text.bar(10, -5, 100)).startsWith("[          ]   0 %");
        assertThat(Text.bar(10, 55, 100)).startsWith("[#####     ]  55 %");
        assertThat(Text.bar(10, 999, 1_000)).as("not all is here").contains(" 99 %");
        assertThat(Text.bar(10, 7, 0)).isEqualTo("[          ]  7 B");
        assertThat(Text.bar(10, Long.MAX_VALUE, Long.MAX_VALUE)).contains("100 %");
    }

    @Test
    void progressFollowsAModelFromASourceToAnotherAndSurvivesBytesBeyondAll()
            throws InterruptedException {
        Iterator<ModelFetch> fetches =
                List.of(
                                new ModelFetch("", true, 0, 491_400_032, ""),
                                new ModelFetch("", true, 185_742_080, 92_871_040, ""),
                                new ModelFetch("smollm2-135m-instruct", false, 0, 0, ""))
                        .iterator();
        StringWriter out = new StringWriter();
        new ModelProgress(fetches::next, () -> false, true, new PrintWriter(out, true)).show();
        assertThat(out.toString())
                .contains("0 % ", "100 %", "The model smollm2-135m-instruct is ready.");
    }

    @Test
    void aProgressThatCannotBeShownEndsNothingElse() throws InterruptedException {
        StringWriter out = new StringWriter();
        new ModelProgress(
                        () -> {
                            throw new IllegalArgumentException("count is negative: -14");
                        },
                        () -> false,
                        true,
                        new PrintWriter(out, true))
                .show();
        assertThat(out.toString()).isEmpty();
    }

    private static Said say(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--data");
        all.add(data.toString());
        return sayBare(all.toArray(String[]::new));
    }

    private static Said sayBare(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status =
                AgencyCommand.run(
                        new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Said(status, out.toString(), err.toString());
    }
}
