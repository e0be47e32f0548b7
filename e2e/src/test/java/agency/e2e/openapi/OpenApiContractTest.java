package agency.e2e.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge itself: it must find what is wrong, or the whole check proves nothing. */
class OpenApiContractTest {

    private final OpenApiContract contract =
            new OpenApiContract(
                    """
                    openapi: 3.1.0
                    paths:
                      /things/{id}:
                        post:
                          requestBody:
                            content:
                              application/json:
                                schema: {$ref: '#/components/schemas/Thing'}
                          responses:
                            '200':
                              description: ok
                              content:
                                application/json:
                                  schema: {$ref: '#/components/schemas/Thing'}
                                text/event-stream:
                                  itemSchema: {$ref: '#/components/schemas/Thing'}
                            '404': {$ref: '#/components/responses/Missing'}
                    components:
                      responses:
                        Missing:
                          description: none
                          content:
                            application/problem+json:
                              schema: {type: object, required: [type]}
                      schemas:
                        Thing:
                          type: object
                          required: [name]
                          properties:
                            name: {type: string}
                            next: {oneOf: [{$ref: '#/components/schemas/Thing'}, {type: 'null'}]}
                    """);

    private static Exchange thing(String request, int status, String type, String response) {
        return new Exchange("POST", "/things/7", request, status, type, response);
    }

    @Test
    void agreesWithWhatIsDocumented() {
        String good = "{\"name\":\"a\",\"next\":{\"name\":\"b\",\"next\":null}}";
        assertThat(contract.objections(thing(good, 200, "application/json; charset=utf-8", good)))
                .isEmpty();
        assertThat(
                        contract.objections(
                                thing(
                                        good,
                                        200,
                                        "text/event-stream",
                                        "data: " + good + "\n\ndata: [DONE]\n\n")))
                .isEmpty();
        assertThat(
                        contract.objections(
                                thing("{}", 404, "application/problem+json", "{\"type\":\"x\"}")))
                .isEmpty();
        assertThat(contract.operations()).isEqualTo(1);
    }

    @Test
    void objectsToWhatIsNot() {
        String good = "{\"name\":\"a\"}";
        assertThat(
                        List.of(
                                new Exchange("POST", "/other", good, 200, "application/json", good),
                                new Exchange("GET", "/things/7", "", 200, "application/json", good),
                                thing(good, 201, "application/json", good),
                                thing(good, 200, "text/html", "<p>"),
                                thing(good, 200, "application/json", "{\"name\":1}"),
                                thing(
                                        good,
                                        200,
                                        "application/json",
                                        "{\"name\":\"a\",\"next\":{\"name\":2}}"),
                                thing(good, 200, "application/json", "no json"),
                                thing("{\"nome\":\"a\"}", 200, "application/json", good),
                                thing(good, 200, "text/event-stream", "data: {}\n\n"),
                                thing(good, 404, "application/problem+json", "{}")))
                .allSatisfy(exchange ->
                        assertThat(contract.objections(exchange))
                                .as(exchange.toString())
                                .isNotEmpty());
    }
}
