package agency.gateway.adapter.http;

import agency.gateway.domain.refusal.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Our refusals in OpenAI's words: the status, type, code and param that its clients know. */
final class RefusalErrors {
    private static final String BAD = "invalid_request_error";
    private static final String SERVER = "server_error";

    /** OpenAI's clients try again on 429 unless told not to. */
    private static final Map<String, String> NO_RETRY = Map.of("x-should-retry", "false");

    private RefusalErrors() {}

    static WireError of(Refusal refusal) {
        return switch (refusal) {
            case Refusal.MissingKey() ->
                    key(
                            "missing_api_key",
                            "No API key came with this request. Send it as the header"
                                    + " 'Authorization: Bearer sk-agency-…'.");
            case Refusal.MalformedKey() ->
                    key(
                            "invalid_api_key",
                            "This is not an API key of Agency: those begin with sk-agency- . A key"
                                    + " of another vendor is of no use here.");
            case Refusal.UnknownKey() ->
                    key("invalid_api_key", "Agency does not know this API key.");
            case Refusal.RevokedKey() -> key("revoked_api_key", "This API key was revoked.");
            case Refusal.ExpiredKey() -> key("expired_api_key", "This API key has expired.");
            case Refusal.NetworkNotAllowed() ->
                    key(
                            "ip_not_authorized",
                            "This API key may not be used from the address that the request came"
                                    + " from.");
            case Refusal.ModelNotAllowed(String model) ->
                    error(
                            403,
                            BAD,
                            "model_not_allowed",
                            "model",
                            "This API key may not use the model '" + model + "'.");
            case Refusal.BadJson(int line, int column, String what) ->
                    error(
                            400,
                            BAD,
                            "invalid_json",
                            null,
                            "The request is not valid JSON: line "
                                    + line
                                    + ", column "
                                    + column
                                    + ": "
                                    + what
                                    + ".");
            case Refusal.BadField(String field, String what, int line, int column) ->
                    error(
                            400,
                            BAD,
                            what.endsWith("missing")
                                    ? "missing_required_parameter"
                                    : "invalid_value",
                            field,
                            "Line " + line + ", column " + column + ": " + what + ".");
            case Refusal.UnknownModel(String model, List<String> nearest) ->
                    error(
                            404,
                            BAD,
                            "model_not_found",
                            "model",
                            "No connected provider offers the model '"
                                    + shortened(model)
                                    + "'."
                                    + (nearest.isEmpty()
                                            ? " GET /v1/models lists those on offer."
                                            : " Did you mean "
                                                    + String.join(" or ", nearest)
                                                    + "?"));
            case Refusal.AmbiguousModel(String model, List<String> names) ->
                    error(
                            404,
                            BAD,
                            "model_ambiguous",
                            "model",
                            "Several providers offer the model '"
                                    + shortened(model)
                                    + "': say which, "
                                    + String.join(" or ", names)
                                    + ".");
            case Refusal.Exhausted exhausted ->
                    new WireError(
                            429,
                            "insufficient_quota",
                            "insufficient_quota",
                            null,
                            quota(exhausted),
                            NO_RETRY);
            case Refusal.Unpriced(String provider, String model, String account) ->
                    new WireError(
                            403,
                            BAD,
                            "model_unpriced",
                            "model",
                            "The model '"
                                    + provider
                                    + "/"
                                    + model
                                    + "' has no price, and "
                                    + account
                                    + " has a cap: what cannot be priced cannot be held to it. Add"
                                    + " a price.",
                            Map.of());
            case Refusal.Overloaded(int retryAfter) ->
                    retry(
                            "overloaded",
                            "Agency cannot record more requests at the moment. Try again soon.",
                            retryAfter);
            case Refusal.CutShort(String why) ->
                    error(
                            503,
                            SERVER,
                            "cut_short",
                            null,
                            WireError.sentence("The answer was cut short: " + why));
        };
    }

    private static WireError key(String code, String message) {
        return new WireError(401, BAD, code, null, message, Map.of("www-authenticate", "Bearer"));
    }

    private static WireError error(
            int status, String type, String code, @Nullable String param, String message) {
        return new WireError(status, type, code, param, message, Map.of());
    }

    private static WireError retry(String code, String message, int seconds) {
        return new WireError(
                503, SERVER, code, null, message, Map.of("retry-after", Integer.toString(seconds)));
    }

    private static String quota(Refusal.Exhausted no) {
        return "This request can "
                + (no.tokens() ? "use" : "cost")
                + " up to "
                + amount(no, no.bound())
                + "; "
                + amount(no, no.left())
                + " of "
                + amount(no, no.cap())
                + " are left on "
                + no.account()
                + (no.renewsAt() == 0
                        ? ""
                        : ", which begins anew at " + Instant.ofEpochSecond(no.renewsAt()))
                + ". A smaller max_completion_tokens lowers what it can "
                + (no.tokens() ? "use." : "cost.");
    }

    private static String amount(Refusal.Exhausted no, long value) {
        return no.tokens() ? value + " tokens" : amount(value);
    }

    private static String amount(long nanos) {
        return java.math.BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }

    private static String shortened(String model) {
        return model.length() <= 100 ? model : model.substring(0, 100) + "…";
    }
}
