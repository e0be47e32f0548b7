package agency.gateway.domain.refusal;

import java.util.List;

/** Why the door says no before a provider has been asked. */
public sealed interface Refusal {
    /** No key came with the request. */
    record MissingKey() implements Refusal {}

    /** What came cannot be a key of ours. */
    record MalformedKey() implements Refusal {}

    /** Nobody bears this key. */
    record UnknownKey() implements Refusal {}

    /** The key was revoked. */
    record RevokedKey() implements Refusal {}

    /** The key's time is over. */
    record ExpiredKey() implements Refusal {}

    /** The key may not be used from where the request came from. */
    record NetworkNotAllowed() implements Refusal {}

    /** The key may not use this model. */
    record ModelNotAllowed(String model) implements Refusal {}

    /** The body is not JSON; line and column from 1, the column in characters. */
    record BadJson(int line, int column, String what) implements Refusal {}

    /** A field has the wrong type, is missing or is there twice. */
    record BadField(String field, String what, int line, int column) implements Refusal {}

    /** No connected provider is known to offer the model; the nearest names that are known. */
    record UnknownModel(String model, List<String> nearest) implements Refusal {}

    /** Several providers offer the model; their full names for it. */
    record AmbiguousModel(String model, List<String> names) implements Refusal {}

    /**
     * An account has not enough left for the bound of this request.
     *
     * @param tokens whether the amounts are tokens; else nano-units
     * @param renewsAt when more will be left, in seconds since 1970; 0 for never
     */
    record Exhausted(String account, boolean tokens, long cap, long left, long bound, long renewsAt)
            implements Refusal {}

    /** The model has no price, and the account has a cap. */
    record Unpriced(String provider, String model, String account) implements Refusal {}

    /** The books cannot take more now. */
    record Overloaded(int retryAfterSeconds) implements Refusal {}

    /** We are stopping, or cut the answer short for a reason of ours, such as a revoked key. */
    record CutShort(String why) implements Refusal {}
}
