package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntityTagTest {
    private final Serving serving =
            new Serving(
                    List.of(
                            Route.of(
                                    HttpMethod.GET,
                                    "/api/v1/thing",
                                    "readThing",
                                    Permission.PUBLIC,
                                    call -> EntityTag.answer(call, "3-a", Map.of("a", 1))),
                            Route.of(
                                    HttpMethod.PUT,
                                    "/api/v1/thing",
                                    "changeThing",
                                    Permission.PUBLIC,
                                    call ->
                                            EntityTag.of(
                                                    Answer.ok(
                                                            Map.of(
                                                                    "demanded",
                                                                    EntityTag.demanded(
                                                                            call, "3-a"))),
                                                    "4-a"))));

    @AfterEach
    void stop() {
        serving.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"3-a\"             | 304",
                "W/\"3-a\"           | 304",
                "\"1\", \"3-a\"      | 304",
                "*                   | 304",
                "\"2-a\"             | 200",
                "3-a                 | 400",
                "\"a\" \"b\"         | 400"
            })
    void sparesWhoHasThisVersionTheDocument(String sent, int status) throws Exception {
        HttpResponse<String> answer = serving.get("/api/v1/thing", "if-none-match", sent);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (status == 304) {
            assertThat(answer.body()).isEmpty();
        }
        if (status != 400) {
            assertThat(answer.headers().firstValue("etag")).contains("\"3-a\"");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"3-a\"        | 200",
                "\"2\", \"3-a\" | 200",
                "*              | 200",
                "W/\"3-a\"      | 412",
                "\"2-a\"        | 412",
                "x              | 400"
            })
    void changesWhatIsStillWhatWasSeen(String sent, int status) throws Exception {
        HttpResponse<String> answer = serving.send("PUT", "/api/v1/thing", "{}", "if-match", sent);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (status == 200) {
            assertThat(answer.body()).contains("" + sent.contains("3"));
            assertThat(answer.headers().firstValue("etag")).contains("\"4-a\"");
        }
        if (status == 412) {
            assertThat(answer.body()).contains("changed-meanwhile");
        }
    }

    @Test
    void refusesAListWithoutEnd() throws Exception {
        String tags = "\"x\",".repeat(400) + "\"x\"";
        assertThat(serving.get("/api/v1/thing", "if-none-match", tags).statusCode()).isEqualTo(400);
        assertThat(serving.get("/api/v1/thing").statusCode()).isEqualTo(200);
    }
}
