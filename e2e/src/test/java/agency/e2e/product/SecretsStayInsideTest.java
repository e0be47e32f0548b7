package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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

    private static final int WINDOW = 1024 * 1024;

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

        List<String> found = new ArrayList<>();
        String metrics =
                fixture.agency().call("GET", "/metrics", fixture.agency().adminToken(), "").body();
        assertThat(metrics).contains("# TYPE");
        search("/metrics", metrics.getBytes(StandardCharsets.UTF_8), secrets, found);
        Await.within(
                Duration.ofSeconds(60),
                "traces arrive",
                () -> fixture.traces().received().length > 0);
        byte[] traces = fixture.traces().received();
        assertThat(new String(traces, StandardCharsets.ISO_8859_1)).contains("gen_ai");
        search("traces", traces, secrets, found);
        search("output", Files.readAllBytes(fixture.agency().log()), secrets, found);
        assertThat(files(fixture.agency().data(), secrets, found))
                .as("the database is among what was read")
                .isGreaterThan(100);
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

    private static void search(
            String place, byte[] bytes, Map<String, byte[]> secrets, List<String> found)
            throws IOException {
        search(place, new ByteArrayInputStream(bytes), secrets, found);
    }

    /** Window by window: a model's file is larger than this test's memory. */
    private static void search(
            String place, InputStream in, Map<String, byte[]> secrets, List<String> found)
            throws IOException {
        int overlap = secrets.values().stream().mapToInt(secret -> secret.length).max().orElse(0);
        byte[] window = new byte[WINDOW + overlap];
        int kept = 0;
        int read;
        while ((read = in.readNBytes(window, kept, window.length - kept)) > 0) {
            int length = kept + read;
            String text = new String(window, 0, length, StandardCharsets.ISO_8859_1);
            secrets.forEach((what, secret) -> {
                if (text.contains(new String(secret, StandardCharsets.ISO_8859_1)))
                    found.add(what + " in " + place);
            });
            kept = Math.min(overlap, length);
            System.arraycopy(window, length - kept, window, 0, kept);
        }
    }

    /** Gives how many files there were. */
    private static int files(Path folder, Map<String, byte[]> secrets, List<String> found)
            throws IOException {
        int count = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                if (file.endsWith(PROFILE)) continue;
                try (InputStream in = Files.newInputStream(file)) {
                    search(folder.relativize(file).toString(), in, secrets, found);
                    count++;
                } catch (IOException goneMeanwhile) {
                    // A running database deletes files as it likes.
                }
            }
        }
        return count;
    }

    @Test
    void theSearchFindsASecretAcrossTwoWindows() throws Exception {
        byte[] secret = "hidden-in-plain-sight".getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[3 * WINDOW];
        for (int at : List.of(0, WINDOW - 5, WINDOW + secret.length - 7, bytes.length - 21)) {
            byte[] some = bytes.clone();
            System.arraycopy(secret, 0, some, at, secret.length);
            List<String> found = new ArrayList<>();
            search("bytes", some, Map.of("it", secret), found);
            assertThat(found).as("at %d", at).isNotEmpty();
        }
        List<String> found = new ArrayList<>();
        search("bytes", bytes, Map.of("it", secret), found);
        assertThat(found).isEmpty();
    }
}
