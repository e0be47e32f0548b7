package agency.access.adapter.http;

import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.flow.ErasePerson;
import agency.access.view.invitation.InvitationRegister;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberCard;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.personal.PersonalFacts;
import agency.access.view.session.SessionRegister;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Pages;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is kept about a person: all of it to read (GDPR, 15 and 20), and its erasure (17). */
final class PersonRoutes {
    private final Views views;
    private final ErasePerson erasePerson;
    private final InstantSource clock;

    PersonRoutes(Views views, ErasePerson erasePerson, InstantSource clock) {
        this.views = views;
        this.erasePerson = erasePerson;
        this.clock = clock;
    }

    /** What the routes read. */
    record Views(
            OrganisationRegister organisations,
            MemberRegister members,
            KeyRegister keys,
            SessionRegister sessions,
            InvitationRegister invitations,
            PersonalFacts facts) {}

    /** That he is a member, and as what. */
    record Membership(
            Role role, @Nullable InstallationRole installationRole, Instant memberSince) {}

    /** A browser in which he is signed in. */
    record SignedInAt(UUID id, Instant createdAt, Instant expiresAt) {}

    /** An invitation that he got. */
    record Invited(UUID id, @Nullable String email, String state, Instant createdAt) {}

    /**
     * All that is kept about a person.
     *
     * @param texts how many facts of each name hold a text about him
     */
    record PersonExport(
            UUID id,
            @Nullable String name,
            @Nullable String email,
            @Nullable Membership membership,
            List<SignedInAt> sessions,
            List<KeyDocument> keys,
            List<Invited> invitations,
            Map<String, Integer> texts,
            Map<String, String> more) {}

    /** That he is erased, with what was removed from where. */
    record ErasureProof(
            UUID id,
            Instant erasedAt,
            Map<String, Integer> unreadableTexts,
            int endedSessions,
            int revokedKeys,
            boolean endedMembership,
            boolean releasedEmail,
            List<String> stays) {}

    List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/users/{id}/export",
                        "exportUser",
                        Permission.of("people.export"),
                        this::export),
                Route.of(
                        HttpMethod.POST,
                        "/api/v1/users/{id}/erase",
                        "eraseUser",
                        Permission.of("people.erase"),
                        this::erase));
    }

    private Answer export(Call call) {
        int tenant = call.principal().tenant();
        UUID person = call.pathId("id");
        if (!views.organisations.isOf(tenant, person)) {
            throw Wire.noSuchUser();
        }
        Instant now = clock.instant();
        return Answer.ok(
                new PersonExport(
                        person,
                        views.organisations.person(person).orElse(null),
                        views.organisations.email(person).orElse(null),
                        views.members.member(tenant, person).map(PersonRoutes::shown).orElse(null),
                        views.sessions.of(person, now).stream()
                                .map(card ->
                                        new SignedInAt(
                                                card.session(), card.opened(), card.expires()))
                                .toList(),
                        views.keys
                                .of(tenant)
                                .filter(card -> person.equals(card.issued().name().person()))
                                .map(card -> KeyDocument.of(card, now))
                                .toList(),
                        views.invitations
                                .of(tenant)
                                .filter(card -> person.equals(card.guest()))
                                .map(card ->
                                        new Invited(
                                                card.id(),
                                                card.offered().guest().text(),
                                                Pages.written(card.state(now)),
                                                card.offered().at()))
                                .toList(),
                        views.facts.about(person),
                        Map.of(
                                "facts",
                                "/api/v1/events?stream=" + tenant + "/access.person/" + person,
                                "deeds",
                                "/api/v1/audit?person=" + person)));
    }

    private static Membership shown(MemberCard card) {
        return new Membership(card.standing().role(), card.standing().installation(), card.since());
    }

    private Answer erase(Call call) {
        ErasePerson.Result result =
                erasePerson.erase(
                        call.principal().tenant(),
                        call.pathId("id"),
                        Wire.may(call),
                        Wire.meta(call));
        return switch (result) {
            case ErasePerson.Result.Done done -> Answer.ok(proof(done.proof()));
            case ErasePerson.Result.NeverRegistered never -> throw Wire.noSuchUser();
            case ErasePerson.Result.Refused refused -> throw Wire.of(refused.reason());
            case ErasePerson.Result.LocalAdministrator local ->
                    throw new Problem(
                            409,
                            "local-administrator",
                            "Not possible as things stand",
                            "He administers the machine and is entered anew at each start: give him"
                                    + " another name instead.");
        };
    }

    private static ErasureProof proof(ErasePerson.Proof proof) {
        return new ErasureProof(
                proof.person(),
                proof.at(),
                proof.texts(),
                proof.sessions(),
                proof.keys(),
                proof.membership(),
                proof.email(),
                List.of(
                        "the ids of the person, his sessions and keys, which say nothing about him",
                        "what was done by them, and when",
                        "keys of projects that he made, without a name",
                        "his texts in facts and backups, encrypted under a key that is no more"));
    }
}
