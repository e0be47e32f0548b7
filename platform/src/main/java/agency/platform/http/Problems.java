package agency.platform.http;

import agency.kernel.fault.Fault;
import agency.platform.json.BadJson;
import agency.platform.json.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes problems in the shape of the caller's protocol: RFC 9457 everywhere, but OpenAI's error
 * object under {@code /v1}.
 */
public final class Problems {
    /** Member of {@link Problem#extra()} that becomes {@code Retry-After}, in seconds. */
    public static final String RETRY_AFTER = "retry_after";

    /** Member of {@link Problem#extra()} that becomes {@code Allow}. */
    public static final String ALLOW = "allow";

    /** Member of {@link Problem#extra()} that becomes OpenAI's {@code param}. */
    public static final String PARAM = "param";

    /** What every type begins with. */
    public static final String TYPE_PREFIX = "urn:agency:problem:";

    private Problems() {}

    /** Whether a path speaks OpenAI's protocol. */
    public static boolean isOpenAi(@Nullable String path) {
        return path != null && (path.startsWith("/v1/") || path.equals("/v1"));
    }

    /** Ends a response, whose head has not gone out, with this problem. */
    public static void end(
            HttpServerResponse response, @Nullable String path, UUID request, Problem problem) {
        response.setStatusCode(problem.status());
        response.putHeader("cache-control", "no-store");
        response.putHeader("x-content-type-options", "nosniff");
        Object retryAfter = problem.extra().get(RETRY_AFTER);
        if (retryAfter != null) {
            response.putHeader("retry-after", String.valueOf(retryAfter));
        }
        Object allow = problem.extra().get(ALLOW);
        if (allow != null) {
            response.putHeader("allow", String.valueOf(allow));
        }
        if (problem.status() == 401) {
            response.putHeader("www-authenticate", "Bearer realm=\"agency\"");
        }
        boolean openAi = isOpenAi(path);
        response.putHeader(
                "content-type", openAi ? "application/json" : "application/problem+json");
        response.end(Buffer.buffer(openAi ? openAi(problem) : rfc9457(problem, request)));
    }

    /** OpenAI's error object, as its SDKs read it. */
    public static byte[] openAi(Problem problem) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", String.valueOf(problem.getMessage()));
        error.put("type", openAiType(problem.status()));
        error.put("param", problem.extra().get(PARAM));
        error.put("code", problem.type().replace('-', '_'));
        return Json.write(Map.of("error", error));
    }

    /** The problem document of RFC 9457. */
    public static byte[] rfc9457(Problem problem, UUID request) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", TYPE_PREFIX + problem.type());
        document.put("title", problem.title());
        document.put("status", problem.status());
        document.put("detail", String.valueOf(problem.getMessage()));
        document.put("instance", "urn:uuid:" + request);
        document.put("request_id", request.toString());
        problem.extra().forEach(document::putIfAbsent);
        return Json.write(document);
    }

    /** What a route threw, as a problem; a bug or a broken world shows nothing of itself. */
    static Problem of(Throwable thrown, UUID request) {
        return switch (thrown) {
            case Problem problem -> problem;
            case BadJson bad ->
                    new Problem(
                            400,
                            "bad-json",
                            "The body is not the JSON asked for",
                            String.valueOf(bad.getMessage()),
                            Map.of(
                                    "field",
                                    bad.field(),
                                    "line",
                                    bad.line(),
                                    "column",
                                    bad.column()));
            case Fault fault when fault.retry() == Fault.Retry.CAN_HELP ->
                    new Problem(
                            503,
                            fault.code().replace('.', '-').toLowerCase(Locale.ROOT),
                            "Not possible now",
                            "This cannot be done at the moment; try again. Request "
                                    + request
                                    + ".",
                            Map.of(RETRY_AFTER, 1));
            default ->
                    new Problem(
                            500,
                            "internal-error",
                            "Something broke",
                            "Something broke on our side. Its trace is in the log under request "
                                    + request
                                    + ".");
        };
    }

    private static String openAiType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> status >= 500 ? "server_error" : "invalid_request_error";
        };
    }

    static Problem notFound(String path, @Nullable String nearest) {
        String hint = nearest == null ? "" : " Did you mean " + nearest + "?";
        return new Problem(
                404, "no-such-route", "No such route", "There is nothing at " + path + "." + hint);
    }

    static Problem methodNotAllowed(String method, String path, String allowed) {
        return new Problem(
                405,
                "method-not-allowed",
                "Method not allowed",
                path + " does not answer " + method + ", but " + allowed + ".",
                Map.of(ALLOW, allowed));
    }

    static Problem bodyTooLarge(long limit) {
        return new Problem(
                413,
                "body-too-large",
                "The body is too large",
                "The body is longer than the " + limit + " bytes this route takes.",
                Map.of("limit_bytes", limit));
    }

    static Problem bodyTooSlow(long seconds) {
        return new Problem(
                408,
                "body-too-slow",
                "The body took too long",
                "The whole body must arrive within " + seconds + " s.");
    }

    static Problem tooManyBytes() {
        return new Problem(
                503,
                "too-many-bytes-in-flight",
                "Too much at once",
                "The server holds as many request bytes as it may; try again.",
                Map.of(RETRY_AFTER, 1));
    }

    static Problem tooManyCalls() {
        return new Problem(
                503,
                "too-many-calls",
                "Too much at once",
                "The server works on as many management requests as it may; try again.",
                Map.of(RETRY_AFTER, 1));
    }

    static Problem unsupportedMediaType(String given, String wanted) {
        return new Problem(
                415,
                "unsupported-media-type",
                "Unsupported media type",
                "The body must be " + wanted + ", not " + given + ".");
    }

    static Problem wrongHost(String host) {
        return new Problem(
                421,
                "wrong-host",
                "Wrong host",
                "This server listens on loopback and is not called "
                        + host
                        + ". Call it localhost or 127.0.0.1, or add the name to"
                        + " server.allowed_hosts.");
    }

    static Problem malformed(int status, String why) {
        return new Problem(status, "malformed-request", "Malformed request", why);
    }
}
