package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.bench.product.Checkout;
import agency.bench.product.StartedAgency;
import agency.bench.upstream.ScriptedUpstream;
import agency.platform.postgres.RunningServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Fault test F23: an older program writes, this one reads it and writes on, the older one goes on
 * with that, and this one again. No fact is unreadable to either.
 *
 * <p>The older one is built from this repository's history. When a new version of a fact makes the
 * way back impossible (ADR 17), take the commit that brought it.
 */
class UpgradeFaultTest {
    private static final String OLDER = "87af234eb967b083831ca4961d647d75f6dbd891";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int EACH = 20;

    private StartedAgency agency;
    private String key;
    private int upstreamPort;

    private static void run(Path folder, String... command) throws Exception {
        Path said = folder.resolve("said.log");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        assertThat(builder.start().waitFor())
                .as("%s: see %s; the repository's history is needed", List.of(command), said)
                .isZero();
    }

    private static Path older() throws Exception {
        Path checkout = AgencyFixture.folder("older");
        Path packed = checkout.resolve("older.tar");
        run(
                checkout,
                "git",
                "-C",
                Checkout.root().toString(),
                "archive",
                "-o",
                packed.toString(),
                OLDER);
        run(checkout, "tar", "-xf", packed.toString());
        run(checkout, "./agency", "build");
        return checkout;
    }

    private void work(String name) throws Exception {
        Await.within(SOON, "it serves", () -> agency.chat(key).statusCode() == 200);
        for (int i = 1; i < EACH; i++) {
            assertThat(agency.chat(key).statusCode()).isEqualTo(200);
            agency.createKey(name + "-" + i);
        }
    }

    private Set<String> keys() {
        Set<String> names = new TreeSet<>();
        agency.manage("GET", "/api/v1/keys?limit=200", "")
                .path("items")
                .forEach(one -> names.add(one.path("name").asString()));
        return names;
    }

    /** Everything that was written by whom ever is read: by tables, by views, one by one. */
    private void reads(String... writers) throws Exception {
        for (String writer : writers) {
            for (int i = 1; i < EACH; i++) {
                assertThat(keys()).contains(writer + "-" + i);
            }
        }
        Await.within(
                SOON,
                "its books are the upstream's",
                () ->
                        agency.manage("GET", "/api/v1/usage", "")
                                        .path("total")
                                        .path("attempts")
                                        .asInt()
                                == UpstreamCounts.served(upstreamPort).size());
        Await.within(
                SOON,
                "nothing was set aside",
                () -> {
                    boolean all = true;
                    for (JsonNode one :
                            agency.manage("GET", "/api/v1/projections", "").path("items")) {
                        all &= one.path("state").asString().equals("running");
                        all &= one.path("stopped_streams").asInt() == 0;
                    }
                    return all;
                });
        assertThat(facts()).isGreaterThan(EACH * writers.length);
        JsonNode verdict = agency.verdict();
        assertThat(verdict.path("whole").asBoolean()).as(verdict.toString()).isTrue();
    }

    /** How many facts there are, all of which are read. */
    private int facts() {
        int facts = 0;
        JsonNode page = agency.manage("GET", "/api/v1/events?limit=200", "");
        while (!page.path("items").isEmpty()) {
            for (JsonNode fact : page.path("items")) {
                assertThat(fact.path("fact").isObject()).as(fact.toString()).isTrue();
                facts++;
            }
            String after = page.path("next_after").asString();
            page = agency.manage("GET", "/api/v1/events?limit=200&after=" + after, "");
        }
        return facts;
    }

    /** The check of the check: a version of a fact that a program does not know is noticed. */
    private void noticesAnUnknownVersion() throws Exception {
        String url =
                RunningServer.ownerUrl(agency.data().resolve("postgres"), "agency").orElseThrow();
        try (Connection connection = DriverManager.getConnection("jdbc:" + url);
                Statement statement = connection.createStatement()) {
            int changed =
                    statement.executeUpdate(
                            """
                            WITH last AS (SELECT lane, pos, type_id FROM log.event
                                          ORDER BY recorded_at DESC LIMIT 1),
                            newer AS (INSERT INTO log.event_type
                                      SELECT (SELECT max(type_id) FROM log.event_type) + 1,
                                             name, schema_ver + 1, codec, schema
                                      FROM log.event_type JOIN last USING (type_id)
                                      RETURNING type_id)
                            UPDATE log.event SET type_id = newer.type_id FROM last, newer
                            WHERE event.lane = last.lane AND event.pos = last.pos\
                            """);
            assertThat(changed).isOne();
        }
        assertThatThrownBy(this::facts).hasMessageContaining("answered 500");
        assertThat(agency.log()).content().contains("log.unknown-fact");
    }

    @Test
    void olderAndNewerReadEachOther() throws Exception {
        Path older = older();
        Path data = AgencyFixture.folder("upgrade").resolve("data");
        try (ScriptedUpstream upstream = ScriptedUpstream.usual();
                StartedAgency started = StartedAgency.on(older, data, Map.of())) {
            agency = started;
            upstreamPort = upstream.start(0);
            agency.connect("scripted", "http://127.0.0.1:" + upstreamPort + "/v1", "sk-upstream");
            key = agency.createKey("upgrade");
            work("old");
            reads("old");
            agency.stop();

            agency.restartAs(Checkout.root());
            reads("old");
            work("new");
            reads("old", "new");
            agency.kill();

            agency.restartAs(older);
            reads("old", "new");
            work("old-again");
            reads("old", "new", "old-again");
            agency.stop();

            agency.restartAs(Checkout.root());
            reads("old", "new", "old-again");
            noticesAnUnknownVersion();
        } finally {
            Files.deleteIfExists(older.resolve("older.tar"));
        }
    }
}
