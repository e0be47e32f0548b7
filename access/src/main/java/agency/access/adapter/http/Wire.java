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
import agency.access.domain.membership.MembershipRefusal;
import agency.access.domain.person.PersonRefusal;
import agency.access.domain.role.Standing;
import agency.kernel.fact.FactMeta;
import agency.platform.http.Call;
import agency.platform.http.Paging;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

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

    static Problem noSuchUser() {
        return new Problem(
                404,
                "no-such-user",
                "No such user",
                "There is no member with this id; GET /api/v1/users lists them.");
    }

    /** The names of all that a caller may. */
    static Set<String> may(Call call) {
        return call.principal().permissions().stream()
                .map(Permission::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The cursor of a page of things that are known by id. */
    static UUID cursor(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Paging.wrongCursor();
        }
    }

    /** What would give or take more than the caller has. */
    static Problem beyond(Standing standing, Set<String> missing) {
        return new Problem(
                403,
                "beyond-your-role",
                "Not allowed",
                "The role "
                        + standing
                        + " may what you may not: "
                        + String.join(", ", missing)
                        + ". Nobody can give or take away more than he has.",
                Map.of("role", standing.toString(), "missing", List.copyOf(missing)));
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
            case KeyRefusal.BeyondOwn beyond -> beyond(beyond.standing(), beyond.missing());
            case NeverIssued never -> noSuchKey();
            case TakenId taken ->
                    throw new IllegalStateException("a new id is already taken by another key");
        };
    }

    static Problem of(PersonRefusal refusal) {
        return switch (refusal) {
            case PersonRefusal.UnfitName unfit ->
                    invalid("name", "The field `name` " + unfit.flaw() + ".");
            case PersonRefusal.UnfitEmail unfit ->
                    invalid("email", "The field `email` " + unfit.flaw() + ".");
            case PersonRefusal.EmailTaken taken ->
                    conflict("email-taken", "Another member has this e-mail; each has their own.");
        };
    }

    static Problem of(MembershipRefusal refusal) {
        return switch (refusal) {
            case MembershipRefusal.NoMember no -> noSuchUser();
            case MembershipRefusal.AlreadyMember already ->
                    conflict("already-member", "This person has just become a member.");
            case MembershipRefusal.LastOwner last ->
                    conflict(
                            "last-owner",
                            "This is the only owner, and an organisation cannot be without one:"
                                    + " make another member an owner first.");
            case MembershipRefusal.TooManyMembers many ->
                    conflict(
                            "too-many-members",
                            "An organisation has at most "
                                    + many.most()
                                    + " members: remove one first.");
            case MembershipRefusal.BeyondOwn beyond -> beyond(beyond.standing(), beyond.missing());
        };
    }

    private static Problem conflict(String type, String sentence) {
        return new Problem(409, type, "Not possible as things stand", sentence);
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
