package agency.access.adapter.http;

import agency.access.domain.key.KeyRefusal;
import agency.access.domain.key.KeyRefusal.CapNotPositive;
import agency.access.domain.key.KeyRefusal.ExpiryPassed;
import agency.access.domain.key.KeyRefusal.NeverIssued;
import agency.access.domain.key.KeyRefusal.TakenId;
import agency.access.domain.key.KeyRefusal.TooManyModels;
import agency.access.domain.key.KeyRefusal.UnfitModel;
import agency.access.domain.key.KeyRefusal.UnfitName;
import agency.access.domain.link.LinkRefusal;
import agency.access.domain.link.LinkRefusal.AlreadyConsumed;
import agency.access.domain.link.LinkRefusal.LinkExpired;
import agency.access.domain.link.LinkRefusal.NeverOffered;
import agency.access.domain.link.LinkRefusal.UnfitLife;
import agency.kernel.fact.FactMeta;
import agency.platform.http.Call;
import agency.platform.http.Problem;
import java.time.Duration;
import java.util.Map;

/** Refusals as the management API writes them: what was wrong, where, what would be right. */
final class Wire {
    private Wire() {}

    /** The circumstances of what a caller does. */
    static FactMeta meta(Call call) {
        return new FactMeta(call.principal().actor().toString(), call.request(), null);
    }

    /** A field of the body or a parameter of the query that cannot be used. */
    static Problem invalid(String field, String sentence) {
        return new Problem(
                400, "invalid-value", "A value cannot be used", sentence, Map.of("field", field));
    }

    static Problem unauthenticated() {
        return new Problem(
                401, "invalid-api-key", "Not authenticated", "The key or session has just ended.");
    }

    static Problem noSuchKey() {
        return new Problem(
                404,
                "no-such-key",
                "No such key",
                "There is no key with this id; GET /api/v1/keys lists them.");
    }

    static Problem tooManyTries(Duration wait) {
        long seconds = Math.max(1, wait.toSeconds());
        return new Problem(
                429,
                "too-many-tries",
                "Too many tries",
                "From this address too many links were tried; the next try is in "
                        + seconds
                        + " s.",
                Map.of("retry_after", seconds));
    }

    static Problem of(KeyRefusal refusal) {
        return switch (refusal) {
            case UnfitName unfit -> invalid("name", "The field `name` " + unfit.flaw() + ".");
            case ExpiryPassed passed ->
                    invalid(
                            "expires_at",
                            "The field `expires_at` must be in the future; now it is "
                                    + passed.at()
                                    + ".");
            case TooManyModels many ->
                    invalid(
                            "models",
                            "The field `models` names "
                                    + many.count()
                                    + " models; at most "
                                    + many.most()
                                    + " are allowed. Leave it out to allow all.");
            case UnfitModel unfit ->
                    invalid(
                            "models[" + unfit.index() + "]",
                            "The field `models["
                                    + unfit.index()
                                    + "]` is no model's name: 1 to 200 visible ASCII characters,"
                                    + " as GET /v1/models lists them.");
            case CapNotPositive cap ->
                    invalid(
                            "cap",
                            "The field `cap` must be above 0. Leave it out for no cap of its own.");
            case NeverIssued never -> noSuchKey();
            case TakenId taken ->
                    throw new IllegalStateException("a new id is already taken by another key");
        };
    }

    static Problem of(LinkRefusal refusal) {
        return switch (refusal) {
            case NeverOffered never ->
                    gone("This is not a link of this Agency, or not the whole of it.");
            case LinkExpired expired -> gone("This link was good until " + expired.expires() + ".");
            case AlreadyConsumed before ->
                    gone("This link was used before, at " + before.at() + ".");
            case UnfitLife life -> throw new IllegalStateException("asked to use, not to offer");
        };
    }

    private static Problem gone(String what) {
        return new Problem(
                410,
                "link-of-no-use",
                "The link is of no use",
                what + " Make a new one on the machine that runs it: agency admin link");
    }
}
