package agency.e2e.product;

import static agency.bench.upstream.ScriptedUpstream.USUAL_TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whatever a provider does, a caller gets an answer or an error in OpenAI's shape, and Agency lives
 * on.
 */
class UpstreamFaultsTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final AgencyFixture fixture = AgencyFixture.shared();

    private HttpResponse<String> ask(String text, boolean stream)
            throws IOException, InterruptedException {
        return send(
                fixture.key(),
                "{\"model\":\"scripted\",\"stream\":"
                        + stream
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\""
                        + text
                        + "\"}]}");
    }

    private HttpResponse<String> send(String key, String body)
            throws IOException, InterruptedException {
        URI to = URI.create(fixture.endpoint().baseUrl() + "/chat/completions");
        HttpRequest.Builder request =
                HttpRequest.newBuilder(to)
                        .timeout(Duration.ofSeconds(60))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!key.isEmpty()) request.header("authorization", "Bearer " + key);
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode error(HttpResponse<String> answer) {
        JsonNode error = JSON.readTree(answer.body()).path("error");
        assertThat(error.path("message").asString("")).isNotBlank();
        assertThat(error.path("type").asString("")).isNotBlank();
        assertThat(error.has("param")).isTrue();
        assertThat(error.has("code")).isTrue();
        assertThat(answer.body()).doesNotContain("\tat ").doesNotContain("Exception");
        return error;
    }

    private static String text(String events) {
        StringBuilder text = new StringBuilder();
        for (String line : events.split("\n")) {
            if (!line.startsWith("data: {")) continue;
            JsonNode delta = JSON.readTree(line.substring(6)).path("choices").path(0).path("delta");
            text.append(delta.path("content").asString(""));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "badjson", "garbage", "close", "break"})
    void anAnswerThatIsNoneIsABadGateway(String act) throws Exception {
        HttpResponse<String> answer = ask("[[" + act + "]]", false);
        assertThat(answer.statusCode()).isEqualTo(502);
        error(answer);
    }

    @ParameterizedTest
    @CsvSource({"429,429", "500,502", "503,503", "400,400"})
    void anErrorOfTheProviderKeepsItsMeaning(int theirs, int ours) throws Exception {
        HttpResponse<String> answer = ask("[[status code=" + theirs + " retry=7]]", theirs == 400);
        if (ours >= 500) assertThat(answer.statusCode()).isBetween(500, 599);
        else assertThat(answer.statusCode()).isEqualTo(ours);
        error(answer);
        if (ours == 429) assertThat(answer.headers().firstValue("retry-after")).contains("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "garbage", "close"})
    void aStreamThatNeverBeganIsABadGateway(String act) throws Exception {
        HttpResponse<String> answer = ask("[[" + act + "]]", true);
        assertThat(answer.statusCode()).isEqualTo(502);
        error(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"answer", "gzip", "utf8", "slowheaders ms=300", "nodone", "twodone"})
    void aStreamArrivesWholeAndEndsOnce(String act) throws Exception {
        HttpResponse<String> answer = ask("[[" + act + "]]", true);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(text(answer.body())).isEqualTo(USUAL_TEXT);
        assertThat(answer.body().split("data: \\[DONE]", -1)).hasSize(2);
    }

    @Test
    void aLineWithoutEndIsBoundedAndAgencyLivesOn() throws Exception {
        assertThat(ask("[[hugeline bytes=20000000]]", false).statusCode()).isEqualTo(502);
        try {
            assertThat(ask("[[hugeline bytes=20000000]]", true).body())
                    .doesNotContain("data: [DONE]");
        } catch (IOException brokenOff) {
            // A stream that cannot be continued may also simply break.
        }
        assertThat(ask("hello", false).statusCode()).isEqualTo(200);
    }

    @Test
    void callersMistakesAreNamed() throws Exception {
        HttpResponse<String> broken =
                send(fixture.key(), "{\"model\":\"scripted\",\n \"messages\": [}");
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(error(broken).path("message").asString()).contains("line 2").contains("column");

        HttpResponse<String> unknown =
                send(fixture.key(), "{\"model\":\"scriptd\",\"messages\":[]}");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(error(unknown).path("code").asString()).isEqualTo("model_not_found");
        assertThat(error(unknown).path("message").asString()).contains("scripted");

        assertThat(send("", "{}").statusCode()).isEqualTo(401);
        error(send("", "{}"));
        assertThat(send("sk-agency-nobody", "{}").statusCode()).isEqualTo(401);
    }

    @Test
    void nothingIsAdmittedAfterAKeyWasRevoked() throws Exception {
        JsonNode made =
                fixture.agency().manage("POST", "/api/v1/keys", "{\"name\":\"short-lived\"}");
        String hello =
                "{\"model\":\"scripted\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        String key = made.path("key").asString();
        assertThat(send(key, hello).statusCode()).isEqualTo(200);
        fixture.agency().manage("DELETE", "/api/v1/keys/" + made.path("id").asString(), "");
        assertThat(send(key, hello).statusCode()).isEqualTo(401);
    }

    @Test
    void theCallerLeavingCancelsTheProvider() throws Exception {
        String tag = "leaving-" + System.nanoTime();
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(fixture.agency().address() + "/v1/chat/completions"))
                        .header("authorization", "Bearer " + fixture.key())
                        .header("content-type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"model\":\"scripted\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"[[answer"
                                            + " ms=20 chunks=3000 tag="
                                                + tag
                                                + "]]\"}]}"))
                        .build();
        try (var body = HTTP.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            assertThat(body.readNBytes(100)).hasSize(100);
        }
        Await.within(
                Duration.ofSeconds(30),
                "the upstream sees that its caller has left",
                () -> {
                    List<JsonNode> served = UpstreamCounts.served(fixture.upstreamPort());
                    return served.stream()
                            .anyMatch(s ->
                                    s.path("tag").asString().equals(tag)
                                            && s.path("end").asString().equals("left"));
                });
    }
}
