package agency.app.cli;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls a running Agency over HTTP, as any other program could; the command line has no other way
 * in.
 */
public final class AgencyClient {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    private final URI address;
    private final String token;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_WITHIN)
                    .build();

    /** A client that calls this address and bears this token. */
    public AgencyClient(URI address, String token) {
        this.address = address;
        this.token = token;
    }

    /** The address of the page with a token that only the page is to see, in the fragment. */
    String link(String what, String token) {
        return address + "/#" + what + "=" + token;
    }

    /** GETs a path and reads the JSON answer. */
    public JsonNode read(String path) {
        return json(exchange("GET", path, null));
    }

    /** Sends a JSON body (or none) and reads the JSON answer; a null node when there is no body. */
    public JsonNode send(String method, String path, @Nullable Object body) {
        return json(exchange(method, path, body));
    }

    /** GETs a path as text. */
    public String text(String path) {
        return new String(
                bytes(exchange("GET", path, null)), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Sends a request whose answer is read piece by piece; the caller closes the stream. */
    public InputStream stream(String method, String path, @Nullable Object body, String accept) {
        return call(request(method, path, body).header("accept", accept).build());
    }

    private InputStream exchange(String method, String path, @Nullable Object body) {
        return call(request(method, path, body).timeout(ANSWER_WITHIN).build());
    }

    private HttpRequest.Builder request(String method, String path, @Nullable Object body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address.resolve(path))
                        .header("authorization", "Bearer " + token);
        if (body == null) {
            return request.method(method, HttpRequest.BodyPublishers.noBody());
        }
        return request.header("content-type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    }

    private InputStream call(HttpRequest request) {
        try {
            HttpResponse<InputStream> answer =
                    http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() >= 400) {
                throw refusal(answer.statusCode(), bytes(answer.body()));
            }
            return answer.body();
        } catch (ConnectException unreachable) {
            throw Fault.passing(
                    "cli.unreachable",
                    "No Agency answers at " + address + ". Start it with: agency up",
                    Map.of("address", address.toString()),
                    unreachable);
        } catch (IOException broken) {
            throw Fault.passing(
                    "cli.broken-off",
                    "The connection to " + address + " broke: " + broken.getMessage(),
                    Map.of("address", address.toString()),
                    broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Fault.passing("cli.interrupted", "Interrupted.", Map.of(), interrupted);
        }
    }

    /**
     * What the server said was wrong, from a problem (RFC 9457) or an error of OpenAI's shape; its
     * other texts (a problem's type, a link) are arguments of the fault.
     */
    private static Fault refusal(int status, byte[] body) {
        String sentence = "Agency answered with status " + status + ".";
        Map<String, String> said = new LinkedHashMap<>();
        try {
            JsonNode node = JSON.readTree(body);
            String detail =
                    node.path("detail").asString(node.path("error").path("message").asString(""));
            if (!detail.isEmpty()) {
                sentence = detail;
            }
            node.properties().stream()
                    .filter(field -> field.getValue().isString())
                    .forEach(field -> said.put(field.getKey(), field.getValue().asString()));
        } catch (JacksonException notJson) {
            // The status has to do.
        }
        said.put("status", Integer.toString(status));
        return Fault.lasting("cli.refused", sentence, said, null);
    }

    private static JsonNode json(InputStream body) {
        byte[] bytes = bytes(body);
        return bytes.length == 0 ? JSON.nullNode() : JSON.readTree(bytes);
    }

    private static byte[] bytes(InputStream body) {
        try (body) {
            return body.readAllBytes();
        } catch (IOException broken) {
            throw Fault.passing(
                    "cli.broken-off",
                    "The answer broke off: " + broken.getMessage(),
                    Map.of(),
                    broken);
        }
    }
}
