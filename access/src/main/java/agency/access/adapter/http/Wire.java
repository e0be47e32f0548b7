package agency.access.adapter.http;

import agency.access.domain.account.ServiceAccountRefusal;
import agency.access.domain.invitation.InvitationRefusal;
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
import agency.access.domain.organisation.OrganisationRefusal;
import agency.access.domain.person.PersonRefusal;
import agency.access.domain.project.ProjectRefusal;
import agency.access.domain.role.Standing;
import agency.access.flow.Invitations;
import agency.access.flow.SetPassword;
import agency.kernel.fact.FactMeta;
import agency.platform.http.Call;
import agency.platform.http.EntityTag;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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

    /**
     * Of how many facts something must be to be changed; null when the caller demands nothing.
     *
     * @param tag its entity tag as it is known here
     * @param version of how many facts it is
     */
    static @Nullable Integer expected(Call call, String tag, int version) {
        return EntityTag.demanded(call, tag) ? version : null;
    }

    /** Refuses a caller who lacks a permission that only some uses of a route ask for. */
    static void need(Call call, String permission) {
        if (!may(call).contains(permission)) {
            throw new Problem(
                    403,
                    "permission-missing",
                    "Not allowed",
                    "This needs the permission "
                            + permission
                            + ", which the role "
                            + call.principal().role()
                            + " does not have.",
                    Map.of("permission", permission, "role", call.principal().role()));
        }
    }

    /** The parameter {@code user} of a query. */
    static UUID userId(String text) {
        return id("user", text);
    }

    /** The parameter {@code project} of a query. */
    static UUID projectId(String text) {
        return id("project", text);
    }

    private static UUID id(String parameter, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw invalid(
                    parameter,
                    "The parameter `" + parameter + "` is no id: a UUID, as lists show it.");
        }
    }

    private static Problem noSuch(String what, String list) {
        return new Problem(
                404,
                "no-such-" + what.replace(' ', '-'),
                "No such " + what,
                "There is no " + what + " with this id; GET " + list + " lists them.");
    }

    static Problem noSuchInvitation() {
        return noSuch("invitation", "/api/v1/invitations");
    }

    static Problem noSuchProject() {
        return noSuch("project", "/api/v1/projects");
    }

    static Problem noSuchAccount() {
        return noSuch("service account", "/api/v1/service-accounts");
    }

    static Problem noSuchSession() {
        return noSuch("session", "/api/v1/sessions");
    }

    static Problem noSuchOrganisation() {
        return new Problem(
                404,
                "no-such-organization",
                "No such organisation",
                "There is no organisation with this number; GET /api/v1/organizations lists them.");
    }

    /** Never says whether it was the e-mail or the password. */
    static Problem wrongCredentials() {
        return new Problem(
                401,
                "wrong-credentials",
                "Not signed in",
                "No member has this e-mail and this password.");
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
                "There were too many tries; the next one is possible in " + seconds + " s.",
                Map.of("retry_after", seconds));
    }

    static Problem of(KeyRefusal refusal) {
        return switch (refusal) {
            case KeyRefusal.Changed changed -> EntityTag.changed();
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
            case KeyRefusal.TooManyNetworks many ->
                    invalid(
                            "networks",
                            "The field `networks` names "
                                    + many.count()
                                    + " networks; at most "
                                    + many.most()
                                    + " are allowed. Leave it out to allow all.");
            case KeyRefusal.UnfitNetwork unfit ->
                    invalid(
                            "networks[" + unfit.index() + "]",
                            "The field `networks["
                                    + unfit.index()
                                    + "]` cannot be used: "
                                    + unfit.flaw()
                                    + ".");
            case KeyRefusal.NoModels no ->
                    invalid("models", "A key of kind `administrator` uses no models.");
            case KeyRefusal.UnfitOverlap unfit ->
                    invalid(
                            "overlap_seconds",
                            "The field `overlap_seconds` must be from 0 to "
                                    + unfit.longest().toSeconds()
                                    + ".");
            case KeyRefusal.AlreadyRevoked revoked ->
                    conflict("key-revoked", "The key was revoked, which is for ever.");
            case KeyRefusal.NoProject no ->
                    invalid(
                            "project",
                            "The field `project` names no open project: GET /api/v1/projects lists"
                                    + " them.");
            case KeyRefusal.NoAccount no ->
                    invalid(
                            "service_account",
                            "The field `service_account` names no open service account of the"
                                    + " project: GET /api/v1/service-accounts lists them.");
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
            case PersonRefusal.Erased erased -> noSuchUser();
            case PersonRefusal.Changed changed -> EntityTag.changed();
            case PersonRefusal.UnfitName unfit ->
                    invalid("name", "The field `name` " + unfit.flaw() + ".");
            case PersonRefusal.UnfitEmail unfit ->
                    invalid("email", "The field `email` " + unfit.flaw() + ".");
            case PersonRefusal.EmailTaken taken ->
                    conflict("email-taken", "Another member has this e-mail; each has their own.");
            case PersonRefusal.NeverRegistered never -> noSuchUser();
            case PersonRefusal.EmailKnown known ->
                    invalid("email", "The field `email` is not the one that is known of you.");
            case PersonRefusal.NoEmail no ->
                    invalid(
                            "email",
                            "The field `email` is missing: a password signs in together with an"
                                    + " e-mail, and none is known of you.");
        };
    }

    static Problem of(MembershipRefusal refusal) {
        return switch (refusal) {
            case MembershipRefusal.Changed changed -> EntityTag.changed();
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

    static Problem of(InvitationRefusal refusal) {
        return of(refusal, "email");
    }

    private static Problem of(InvitationRefusal refusal, String emailField) {
        return switch (refusal) {
            case InvitationRefusal.Changed changed -> EntityTag.changed();
            case InvitationRefusal.UnfitEmail unfit ->
                    invalid(emailField, "The field `" + emailField + "` " + unfit.flaw() + ".");
            case InvitationRefusal.BeyondOwn beyond -> beyond(beyond.standing(), beyond.missing());
            case InvitationRefusal.NeverOffered never ->
                    noInvitation("This is no invitation of this Agency, or not the whole of it.");
            case InvitationRefusal.Expired expired ->
                    noInvitation("This invitation was good until " + expired.expires() + ".");
            case InvitationRefusal.Withdrawn withdrawn ->
                    noInvitation("This invitation was taken back, at " + withdrawn.at() + ".");
            case InvitationRefusal.Accepted accepted ->
                    noInvitation("This invitation was accepted before, at " + accepted.at() + ".");
            case InvitationRefusal.UnfitLife life ->
                    throw new IllegalStateException("the life was checked before");
        };
    }

    private static Problem noInvitation(String what) {
        return new Problem(
                410,
                "invitation-of-no-use",
                "The invitation is of no use",
                what + " Whoever sent it can make a new one.");
    }

    static Problem of(Invitations.Result result) {
        return of(result, "email");
    }

    /** Why nobody was invited or let in; {@code emailField} names where the e-mail stood. */
    static Problem of(Invitations.Result result, String emailField) {
        return switch (result) {
            case Invitations.Result.Refused refused -> of(refused.reason(), emailField);
            case Invitations.Result.Unfit unfit -> of(unfit.reason());
            case Invitations.Result.NoMember no -> of(no.reason());
            case Invitations.Result.UnfitPassword unfit ->
                    invalid("password", "The field `password` " + unfit.flaw() + ".");
            case Invitations.Result.InviterMayNot no ->
                    conflict(
                            "inviter-may-not",
                            "Whoever invited may not let in with this role any more: ask for a new"
                                    + " invitation.");
            case Invitations.Result.TooManyOpen many ->
                    conflict(
                            "too-many-invitations",
                            "An organisation has at most "
                                    + many.most()
                                    + " open invitations: withdraw one first.");
            case Invitations.Result.Offered offered -> throw notRefused(result);
            case Invitations.Result.Open open -> throw notRefused(result);
            case Invitations.Result.SignedIn in -> throw notRefused(result);
        };
    }

    private static IllegalStateException notRefused(Invitations.Result result) {
        return new IllegalStateException("no refusal: " + result.getClass().getSimpleName());
    }

    static Problem of(ProjectRefusal refusal) {
        return switch (refusal) {
            case ProjectRefusal.Changed changed -> EntityTag.changed();
            case ProjectRefusal.UnfitName unfit ->
                    invalid("name", "The field `name` " + unfit.flaw() + ".");
            case ProjectRefusal.NeverOpened never -> noSuchProject();
            case ProjectRefusal.Closed closed ->
                    conflict("project-closed", "The project was closed, which is for ever.");
            case ProjectRefusal.TooMany many ->
                    conflict(
                            "too-many-projects",
                            "An organisation has at most "
                                    + many.most()
                                    + " open projects: close one first.");
        };
    }

    static Problem of(ServiceAccountRefusal refusal) {
        return switch (refusal) {
            case ServiceAccountRefusal.Changed changed -> EntityTag.changed();
            case ServiceAccountRefusal.UnfitName unfit ->
                    invalid("name", "The field `name` " + unfit.flaw() + ".");
            case ServiceAccountRefusal.NeverOpened never -> noSuchAccount();
            case ServiceAccountRefusal.Closed closed ->
                    conflict(
                            "service-account-closed",
                            "The service account was closed, which is for ever.");
            case ServiceAccountRefusal.NoProject no -> of(new KeyRefusal.NoProject());
            case ServiceAccountRefusal.TooMany many ->
                    conflict(
                            "too-many-service-accounts",
                            "An organisation has at most "
                                    + many.most()
                                    + " open service accounts: close one first.");
        };
    }

    static Problem of(OrganisationRefusal refusal) {
        return switch (refusal) {
            case OrganisationRefusal.Changed changed -> EntityTag.changed();
            case OrganisationRefusal.UnfitName unfit ->
                    invalid("name", "The field `name` " + unfit.flaw() + ".");
            case OrganisationRefusal.NeverOpened never -> noSuchOrganisation();
            case OrganisationRefusal.Closed closed ->
                    conflict(
                            "organization-closed",
                            "The organisation was closed, which is for ever.");
            case OrganisationRefusal.RunsTheInstallation first ->
                    conflict(
                            "runs-the-installation",
                            "This organisation runs the installation and cannot be closed.");
            case OrganisationRefusal.TooMany many ->
                    conflict(
                            "too-many-organizations",
                            "An installation has at most " + many.most() + " organisations.");
        };
    }

    static Problem of(SetPassword.Refusal refusal) {
        return switch (refusal) {
            case SetPassword.Refusal.Unfit unfit ->
                    invalid("password", "The field `password` " + unfit.flaw() + ".");
            case SetPassword.Refusal.Unreached unreached -> of(unreached.reason());
            case SetPassword.Refusal.WrongOld wrong ->
                    new Problem(
                            403,
                            "wrong-credentials",
                            "Not allowed",
                            "The field `old` is not the password so far. Who has forgotten it signs"
                                    + " in by a one-time link and can set another one then.");
            case SetPassword.Refusal.OldNeeded needed ->
                    new Problem(
                            403,
                            "old-password-needed",
                            "Not allowed",
                            "Send the password so far in `old`. Without it one can be set within an"
                                    + " hour of signing in by a one-time link.");
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
