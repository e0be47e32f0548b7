package agency.access.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.adapter.http.Server.Got;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was, as it was. */
class EarlierTest {
    private static final List<String> LISTS =
            List.of(
                    "/api/v1/keys",
                    "/api/v1/users",
                    "/api/v1/projects",
                    "/api/v1/service-accounts",
                    "/api/v1/invitations",
                    "/api/v1/organizations");
    private static final int CHANGES = 60;

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    /** What was answered at a point of the log. */
    private record Seen(String point, Map<String, String> answers) {}

    private Map<String, String> answers(List<String> paths, String query) throws Exception {
        Map<String, String> answers = new LinkedHashMap<>();
        for (String path : paths) {
            Got got = server.ask("GET", path + query, null);
            answers.put(path, got.status() == 200 ? got.raw().body() : "" + got.status());
        }
        return answers;
    }

    private void change(Random random, List<String> made, int number) throws Exception {
        String name = "{\"name\": \"n" + number + "\"}";
        server.house.ticking.move(Duration.ofMinutes(7));
        switch (random.nextInt(made.isEmpty() ? 4 : 8)) {
            case 0 -> made.add(located(server.ask("POST", "/api/v1/keys", name)));
            case 1 -> made.add(located(server.ask("POST", "/api/v1/projects", name)));
            case 2 ->
                    made.add(
                            located(
                                    server.ask(
                                            "POST",
                                            "/api/v1/users",
                                            "{\"name\": \"n"
                                                    + number
                                                    + "\", \"role\": \"viewer\"}")));
            case 3 ->
                    server.ask(
                            "POST",
                            "/api/v1/invitations",
                            "{\"email\": \"n" + number + "@acme.example\", \"role\": \"viewer\"}");
            case 4, 5 -> server.ask("PATCH", made.get(random.nextInt(made.size())), name);
            case 6 -> server.ask("DELETE", made.get(random.nextInt(made.size())), null);
            default -> server.ask("PATCH", "/api/v1/organization", name);
        }
    }

    private static String located(Got got) {
        assertThat(got.status()).as(got.raw().body()).isEqualTo(201);
        return got.header("location");
    }

    @Test
    void everyAnswerIsThatWhichWasGivenThen() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> made = new ArrayList<>();
        List<Seen> seen = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            change(random, made, i);
            String point = "0:" + server.house.log.head(0).value();
            List<String> paths = new ArrayList<>(LISTS);
            paths.add("/api/v1/organization");
            if (!made.isEmpty()) {
                paths.add(made.get(random.nextInt(made.size())));
            }
            seen.add(new Seen(point, answers(paths, "")));
        }
        for (int i = 0; i < CHANGES; i++) {
            Seen one = seen.get(random.nextInt(seen.size()));
            Map<String, String> now =
                    answers(List.copyOf(one.answers.keySet()), "?as_of=" + one.point);
            one.answers.forEach((path, then) ->
                    assertThat(now.get(path))
                            .as("seed " + seed + ", " + path + " as of " + one.point)
                            .isEqualTo(then));
        }
    }

    @Test
    void aMomentIsAsGoodAsAPosition() throws Exception {
        server.ask("POST", "/api/v1/projects", "{\"name\": \"before\"}");
        String then = server.house.ticking.instant().toString();
        String before = server.ask("GET", "/api/v1/projects", null).raw().body();
        server.house.ticking.move(Duration.ofSeconds(1));
        server.ask("POST", "/api/v1/projects", "{\"name\": \"after\"}");
        Got got = server.ask("GET", "/api/v1/projects?as_of=" + then, null);
        assertThat(got.raw().body()).isEqualTo(before).contains("before").doesNotContain("after");
        assertThat(got.header("agency-as-of")).startsWith(then).contains(" 0:");
        String first =
                server.ask("GET", "/api/v1/projects?as_of=2001-01-01T00:00:00Z", null).raw().body();
        assertThat(first).contains("\"items\":[]");
    }

    @Test
    void whatWasCannotBeChangedOrTakenForWhatIs() throws Exception {
        String at = located(server.ask("POST", "/api/v1/projects", "{\"name\": \"p\"}"));
        String point = "?as_of=0:" + server.house.log.head(0).value();
        assertThat(server.ask("GET", at + point, null).raw().headers().firstValue("etag"))
                .isEmpty();
        Got changed = server.ask("PATCH", at + point, "{\"name\": \"q\"}");
        assertThat(changed.status()).isEqualTo(400);
        assertThat(changed.raw().body()).contains("what was cannot be changed");
        assertThat(server.ask("DELETE", at + point, null).status()).isEqualTo(400);
        Got sessions = server.ask("GET", "/api/v1/sessions" + point, null);
        assertThat(sessions.status()).isEqualTo(400);
        assertThat(sessions.raw().body()).contains("only as it is now");
    }

    @Test
    void saysWhatAPointMustBe() throws Exception {
        for (Map.Entry<String, String> one :
                Map.of(
                                "yesterday", "must be a moment like",
                                "", "must be a moment like",
                                "0:999999", "names no fact: lane 0 goes from 1 to",
                                "0:0", "names no fact",
                                "7:1", "names a lane above 0",
                                "2999-01-01T00:00:00Z", "must not lie in the future")
                        .entrySet()) {
            Got got = server.ask("GET", "/api/v1/keys?as_of=" + one.getKey(), null);
            assertThat(got.status()).as(one.getKey()).isEqualTo(400);
            assertThat(got.raw().body()).contains(one.getValue());
        }
    }
}
