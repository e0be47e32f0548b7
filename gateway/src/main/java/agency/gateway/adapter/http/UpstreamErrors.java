package agency.gateway.adapter.http;

import agency.gateway.port.UpstreamFailure;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Failures of providers in OpenAI's words. A provider's 4xx in that shape goes through as it is,
 * but never what it says about the key that we use there.
 */
final class UpstreamErrors {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String TYPE = "upstream_error";

    /** What is to be answered: a body of the provider's own or an error of ours. */
    record Made(int status, String json, Map<String, String> headers, String code) {}

    private UpstreamErrors() {}

    static Made of(String provider, UpstreamFailure failure) {
        return switch (failure) {
            case UpstreamFailure.Answered answered -> answered(provider, answered);
            case UpstreamFailure.Unreachable(String reason) ->
                    made(502, "provider_unreachable", provider + " cannot be reached: " + reason);
            case UpstreamFailure.Disconnected(String reason) ->
                    made(502, "provider_disconnected", provider + " broke off: " + reason);
            case UpstreamFailure.TimedOut(String phase, long after) ->
                    made(
                            504,
                            "provider_timeout",
                            provider + " took too long (" + phase + ", " + after + " ms)");
            case UpstreamFailure.Garbage(String reason) ->
                    made(
                            502,
                            "provider_garbage",
                            provider + " sent what is not an answer: " + reason);
            case UpstreamFailure.Refused r -> {
                String code = r.code() == null ? r.type() : r.code();
                yield made(
                        new WireError(
                                r.status(), r.type(), code, r.param(), r.message(), Map.of()));
            }
            case UpstreamFailure.Busy(String message, int seconds) ->
                    made(
                            new WireError(
                                    503,
                                    "server_error",
                                    "provider_busy",
                                    null,
                                    message,
                                    Map.of("retry-after", Integer.toString(seconds))));
        };
    }

    private static Made answered(String provider, UpstreamFailure.Answered answer) {
        int status = answer.status();
        Map<String, String> headers = new HashMap<>();
        String retryAfter = answer.retryAfter();
        if (retryAfter != null) headers.put("retry-after", retryAfter);
        if (status == 401 || status == 403 || status == 407) {
            // About our key there, and perhaps with a part of it: nothing of it goes out.
            return made(
                    502,
                    "provider_auth",
                    provider
                            + " did not accept the key that Agency has for it. An administrator"
                            + " must give it another");
        }
        if (status >= 400 && status < 500) {
            if (isOpenAiError(answer.body())) {
                return new Made(status, answer.body().toString(), headers, "provider_" + status);
            }
            return made(
                    new WireError(
                            status,
                            TYPE,
                            "provider_" + status,
                            null,
                            provider + " answered with the status " + status + ".",
                            headers));
        }
        int ours = status == 503 || status == 504 ? status : 502;
        return made(
                new WireError(
                        ours,
                        TYPE,
                        "provider_error",
                        null,
                        provider + " answered with the status " + status + sentence(answer.body()),
                        headers));
    }

    private static String sentence(Buffer body) {
        JsonNode error = errorIn(body);
        JsonNode message = error == null ? null : error.path("message");
        if (message == null || !message.isString()) return ".";
        String text = message.stringValue();
        return ": " + (text.length() > 500 ? text.substring(0, 500) + "…" : text);
    }

    private static boolean isOpenAiError(Buffer body) {
        return errorIn(body) != null;
    }

    private static @Nullable JsonNode errorIn(Buffer body) {
        try {
            JsonNode error = JSON.readTree(body.getBytes()).path("error");
            return error.isObject() && error.path("message").isString() ? error : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static Made made(int status, String code, String message) {
        return made(new WireError(status, TYPE, code, null, WireError.sentence(message), Map.of()));
    }

    private static Made made(WireError error) {
        return new Made(error.status(), error.json(), error.headers(), error.code());
    }
}
