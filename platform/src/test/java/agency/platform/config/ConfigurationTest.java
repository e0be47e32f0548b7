package agency.platform.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import agency.platform.crypto.Secret;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    enum Format {
        JSON,
        PLAIN_TEXT
    }

    record Server(
            @Setting(doc = "Port.", def = "8080") int port,
            @Setting(doc = "Largest body.", def = "1MiB") Bytes maxBody,
            @Setting(doc = "Longest idle time.", def = "75s") Duration idle,
            @Setting(doc = "Who may | not.") List<String> corsOrigins,
            @Setting(doc = "Behind a proxy.", def = "false") boolean behindProxy) {
        Server {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
            }
        }
    }

    record Root(
            @Setting(doc = "Where data lies.", def = "~/.agency") Path data,
            @Setting(doc = "The key of keys.") @Nullable Secret masterKey,
            @Setting(doc = "Log form.", def = "plain-text") Format format,
            @Setting(doc = "Where traces go.") Optional<URI> traces,
            @Setting(doc = "Share of traces.", def = "0.1") double sampling,
            @Setting(doc = "Most rows.", def = "1_000_000") long rows,
            Server server) {}

    record Needy(@Setting(doc = "Needed.") int number, @Setting(doc = "A name.") String name) {}

    @TempDir Path folder;

    private static Root load(Sources sources) {
        return Configuration.load(Root.class, sources).values();
    }

    private static void refuses(Sources sources, String... says) {
        assertThatThrownBy(() -> load(sources))
                .isInstanceOfSatisfying(
                        Fault.class, f -> assertThat(f.code()).isEqualTo("config.invalid"))
                .hasMessageContainingAll(says);
    }

    @Test
    void hasADocumentedDefaultForEverything() {
        Root root = load(Sources.none());
        assertThat(root.data()).isEqualTo(Path.of(System.getProperty("user.home"), ".agency"));
        assertThat(root.masterKey()).isNull();
        assertThat(root.format()).isEqualTo(Format.PLAIN_TEXT);
        assertThat(root.traces()).isEmpty();
        assertThat(root.sampling()).isEqualTo(0.1);
        assertThat(root.rows()).isEqualTo(1_000_000);
        assertThat(root.server())
                .isEqualTo(
                        new Server(
                                8080,
                                new Bytes(1 << 20),
                                Duration.ofSeconds(75),
                                List.of(),
                                false));
    }

    @Test
    void letsFlagsWinOverEnvironmentOverDotEnvOverFile() throws Exception {
        Path yaml =
                Files.writeString(
                        folder.resolve("agency.yaml"),
                        "format: json\n"
                                + "server:\n"
                                + "  port: 1\n"
                                + "  max_body: 2MB\n"
                                + "  cors_origins:\n"
                                + "   - https://a\n"
                                + "   - https://b\n");
        Path dotEnv =
                Files.writeString(
                        folder.resolve(".env"),
                        "# c\n"
                                + "export AGENCY_SERVER_PORT=2\n"
                                + "AGENCY_ROWS='5'\n"
                                + "OPENAI_API_KEY=\"x\"\n");
        Sources file = Sources.none().yaml(yaml, true);
        assertThat(load(file).server().port()).isEqualTo(1);
        assertThat(load(file).server().corsOrigins()).containsExactly("https://a", "https://b");
        assertThat(load(file).server().maxBody()).isEqualTo(new Bytes(2_000_000));
        assertThat(load(file).format()).isEqualTo(Format.JSON);
        file.dotEnv(dotEnv);
        assertThat(load(file).server().port()).isEqualTo(2);
        assertThat(load(file).rows()).isEqualTo(5);
        file.environment(Map.of("AGENCY_SERVER_PORT", "3", "HOME", "/h"));
        assertThat(load(file).server().port()).isEqualTo(3);
        file.flags(
                List.of("--server.port=4", "--server.behind-proxy", "--server.cors_origins=a, b"));
        assertThat(load(file).server())
                .isEqualTo(
                        new Server(
                                4,
                                new Bytes(2_000_000),
                                Duration.ofSeconds(75),
                                List.of("a", "b"),
                                true));
        assertThat(file.variables())
                .containsEntry("OPENAI_API_KEY", "x")
                .containsEntry("HOME", "/h");
    }

    @Test
    void showsAllMistakesTogetherWithWhereEachCameFrom() throws Exception {
        Path yaml =
                Files.writeString(
                        folder.resolve("agency.yaml"),
                        "serer:\n  port: 1\nserver:\n  idle: soon\n  prot: 5\n");
        refuses(
                Sources.none()
                        .yaml(yaml, true)
                        .environment(Map.of("AGENCY_SEVER_PORT", "1", "AGENCY_FORMAT", "jsn"))
                        .flags(List.of("--server.max-body=lots", "extra")),
                "7 settings are not right",
                "agency.yaml:2: serer.port is not a setting. Did you mean server.port?",
                "agency.yaml:5: server.prot is not a setting. Did you mean server.port?",
                "agency.yaml:4: server.idle must be a duration such as",
                "AGENCY_SEVER_PORT is not a setting. Did you mean AGENCY_SERVER_PORT?",
                "AGENCY_FORMAT: format must be one of json, plain-text. Did you mean json?",
                "--server.max-body: server.max_body must be a size",
                "`extra` is no setting");
    }

    @Test
    void refusesWhatTheRecordRefuses() {
        refuses(
                Sources.none().flags(List.of("--server.port=70000")),
                "server: port must be 0 to 65535");
    }

    @Test
    void refusesValuesOfTheWrongForm() {
        refuses(Sources.none().flags(List.of("--rows=many")), "must be a whole number", "`many`");
        refuses(Sources.none().flags(List.of("--sampling=NaN")), "must be a number");
        refuses(
                Sources.none().flags(List.of("--server.behind_proxy=maybe")),
                "must be true or false");
        refuses(Sources.none().flags(List.of("--traces=not a uri")), "must be a URI");
        refuses(Sources.none().flags(List.of("--data=a\0b")), "must be a path");
    }

    @Test
    void namesHowToSetWhatMustBeSet() {
        assertThatThrownBy(() -> Configuration.load(Needy.class, Sources.none()))
                .hasMessageContainingAll("number must be set", "--number=…", "AGENCY_NUMBER");
        assertThat(
                        Configuration.load(Needy.class, Sources.none().flags(List.of("--number=1")))
                                .values())
                .isEqualTo(new Needy(1, ""));
    }

    @Test
    void readsASecretFromAFileAndShowsItNowhere() throws Exception {
        Path secret = Files.writeString(folder.resolve("key"), "hunter2\n");
        Sources sources =
                Sources.none().environment(Map.of("AGENCY_MASTER_KEY_FILE", secret.toString()));
        Configuration<Root> loaded = Configuration.load(Root.class, sources);
        assertThat(loaded.values().masterKey()).isEqualTo(Secret.of("hunter2"));
        assertThat(loaded.shown())
                .doesNotContain("hunter2")
                .contains("master_key", Secret.SHOWN, "AGENCY_MASTER_KEY_FILE");
        assertThat(loaded.values().toString()).doesNotContain("hunter2");
        refuses(sources.flags(List.of("--master-key=x")), "given twice");
        refuses(
                Sources.none().environment(Map.of("AGENCY_MASTER_KEY_FILE", folder + "/none")),
                "cannot be read");
    }

    @Test
    void printsEverySettingWithItsSource() {
        Configuration<Root> loaded =
                Configuration.load(Root.class, Sources.none().flags(List.of("--server.port=9")));
        assertThat(loaded.effective())
                .contains(
                        new Configuration.Effective("server.port", "9", "--server.port"),
                        new Configuration.Effective("server.idle", "75s", "default"))
                .hasSize(11);
        assertThat(loaded.shown()).contains("server.port", "--server.port");
    }

    @Test
    void writesItsOwnHandbook() {
        assertThat(Handbook.markdown(Root.class))
                .contains(
                        "## General",
                        "| `master_key` | `AGENCY_MASTER_KEY`, `AGENCY_MASTER_KEY_FILE` | secret |"
                                + " none |",
                        "| `format` | `AGENCY_FORMAT` | json \\| plain-text | `plain-text` |",
                        "## `server`",
                        "| `server.cors_origins` | `AGENCY_SERVER_CORS_ORIGINS` | list of text |"
                                + " none | Who may \\| not. |");
        assertThat(Handbook.markdown(Needy.class)).contains("must be set");
    }

    @Test
    void ignoresVariablesItIsToldToIgnore() {
        Sources sources = Sources.none().environment(Map.of("AGENCY_HOME", "x"));
        refuses(sources, "AGENCY_HOME is not a setting");
        assertThat(load(sources.ignoring(Set.of("AGENCY_HOME"))).rows()).isEqualTo(1_000_000);
    }

    @Test
    void refusesAFileThatIsNotSettings() throws Exception {
        Path yaml = folder.resolve("agency.yaml");
        refuses(Sources.none().yaml(yaml, true), "does not exist");
        assertThat(load(Sources.none().yaml(yaml, false)).rows()).isPositive();
        refuses(Sources.none().yaml(Files.writeString(yaml, "- a\n"), true), "key: value");
        refuses(
                Sources.none().yaml(Files.writeString(yaml, "a: [b\n"), true),
                "agency.yaml:",
                "is not YAML");
        refuses(Sources.none().yaml(Files.writeString(yaml, "rows: 1\nrows: 2\n"), true), "rows");
        refuses(
                Sources.none().yaml(Files.writeString(yaml, "rows: [1]\n"), true),
                "one value, not a list");
        refuses(
                Sources.none()
                        .yaml(Files.writeString(yaml, "server:\n  cors_origins: [[a]]\n"), true),
                "list of plain values");
        assertThat(load(Sources.none().yaml(Files.writeString(yaml, "# nothing\n"), true)).rows())
                .isPositive();
        refuses(
                Sources.none().dotEnv(Files.writeString(folder.resolve(".env"), "AGENCY\n")),
                ".env:1: must be NAME=value");
        refuses(
                Sources.none()
                        .yaml(Files.writeString(yaml, "#".repeat(YamlFile.MAX_BYTES + 1)), true),
                "larger than");
    }
}
