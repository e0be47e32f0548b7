package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Reads everything that Agency leaves behind — output, every file of its data folder with the
 * database's among them, metrics, traces — after a whole run, and finds no key, no password and
 * nothing that anyone said.
 */
@Order(Integer.MAX_VALUE - 1)
class SecretsStayInsideTest {

    /**
     * The profile by which the command line reaches its own Agency holds a key on purpose, readable
     * by its owner only.
     */
    private static final String PROFILE = "cli.yaml";

    private final AgencyFixture fixture = AgencyFixture.shared();

    @Test
    void noKeyNoPasswordAndNoPromptIsLeftAnywhere() throws Exception {
        String prompt = "PROMPT" + UUID.randomUUID().toString().replace("-", "");
        String answer = "straight from the script";
        say(prompt);
        Map<String, byte[]> secrets = new LinkedHashMap<>();
        secret(secrets, "the client's key", fixture.key());
        secret(secrets, "the provider's key", AgencyFixture.PROVIDER_KEY);
        secret(secrets, "the administrator's key", fixture.agency().adminToken());
        secret(secrets, "a prompt", prompt);
        secret(secrets, "an answer", answer);

        Map<String, byte[]> places = new LinkedHashMap<>();
        String metrics =
                fixture.agency().call("GET", "/metrics", fixture.agency().adminToken(), "").body();
        assertThat(metrics).contains("# TYPE");
        places.put("/metrics", metrics.getBytes(StandardCharsets.UTF_8));
        Await.within(
                Duration.ofSeconds(60),
                "traces arrive",
                () -> fixture.traces().received().length > 0);
        places.put("traces", fixture.traces().received());
        assertThat(new String(fixture.traces().received(), StandardCharsets.ISO_8859_1))
                .contains("gen_ai");
        places.put("output", Files.readAllBytes(fixture.agency().log()));
        files(fixture.agency().data(), places);
        assertThat(places).as("the database is among what was read").hasSizeGreaterThan(100);

        List<String> found = new ArrayList<>();
        places.forEach((place, bytes) -> {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            secrets.forEach((what, secret) -> {
                if (text.contains(new String(secret, StandardCharsets.ISO_8859_1)))
                    found.add(what + " in " + place);
            });
        });
        assertThat(found).isEmpty();
    }

    /**
     * Says it in every way that might be remembered: answered, streamed, embedded, refused, broken.
     */
    private void say(String prompt) {
        List<String> bodies =
                List.of(
                        "{\"model\":\"scripted\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}",
                        "{\"model\":\"scripted\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}",
                        "{\"model\":\"scripted\",\"messages\":[{\"role\":\"user\",\"content\":\"%s"
                                + " [[status code=500]]\"}]}",
                        "{\"model\":\"scripted\",\"messages\":[{\"role\":\"user\",\"content\":\"%s"
                                + " [[garbage]]\"}]}",
                        "{\"model\":\"scripted\",\"messages\":[{\"role\":\"user\",\"content\":\"%s"
                                + " [[close]]\"}]}",
                        "{\"model\":\"none\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}",
                        "{\"model\":\"scripted\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"");
        for (String body : bodies) {
            HttpResponse<String> answer =
                    fixture.agency()
                            .call(
                                    "POST",
                                    "/v1/chat/completions",
                                    fixture.key(),
                                    body.formatted(prompt));
            assertThat(answer.statusCode()).isNotZero();
        }
        String embedding = "{\"model\":\"scripted-embedding\",\"input\":\"" + prompt + "\"}";
        assertThat(
                        fixture.agency()
                                .call("POST", "/v1/embeddings", fixture.key(), embedding)
                                .statusCode())
                .isEqualTo(200);
        // A key that is wrong is a secret too, perhaps of another system.
        assertThat(fixture.agency().call("GET", "/v1/models", prompt, "").statusCode())
                .isEqualTo(401);
    }

    private static void secret(Map<String, byte[]> secrets, String what, String secret) {
        assertThat(secret).isNotBlank();
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        secrets.put(what, bytes);
        secrets.put(what + " (base64)", Base64.getEncoder().withoutPadding().encode(bytes));
    }

    private static void files(Path folder, Map<String, byte[]> places) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                if (file.endsWith(PROFILE)) continue;
                try {
                    places.put(folder.relativize(file).toString(), Files.readAllBytes(file));
                } catch (IOException goneMeanwhile) {
                    // A running database deletes files as it likes.
                }
            }
        }
    }
}
