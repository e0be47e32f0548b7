package agency.access.adapter.http;

import agency.access.domain.membership.MembershipRefusal;
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.flow.Members;
import agency.access.view.member.MemberCard;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Paging;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The members of the organisation: let in, list, read, change the role, end. */
final class UserRoutes {
    private static final String USERS = "/api/v1/users";
    private static final Permission READ = Permission.of("users.read");
    private static final Permission WRITE = Permission.of("users.write");

    private final MemberRegister members;
    private final OrganisationRegister organisations;
    private final Members flow;

    UserRoutes(MemberRegister members, OrganisationRegister organisations, Members flow) {
        this.members = members;
        this.organisations = organisations;
        this.flow = flow;
    }

    /** Who is to be let in. */
    record NewUser(
            String name,
            @Nullable String email,
            Role role,
            @Nullable InstallationRole installationRole) {}

    /** What is to change. */
    record UserChange(Role role) {}

    /** A member; {@code name} and {@code email} are absent once erased. */
    record UserDocument(
            UUID id,
            @Nullable String name,
            @Nullable String email,
            Role role,
            @Nullable InstallationRole installationRole,
            Instant memberSince) {}

    /** A page of members; {@code nextCursor} is the cursor of the page after it. */
    record UserPage(List<UserDocument> items, @Nullable UUID nextCursor) {}

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.POST, USERS, "createUser", WRITE, this::create),
                Route.of(HttpMethod.GET, USERS, "listUsers", READ, this::list),
                Route.of(
                        HttpMethod.GET,
                        USERS + "/{id}",
                        "readUser",
                        READ,
                        call -> Answer.ok(document(member(call, call.pathId("id"))))),
                Route.of(HttpMethod.PATCH, USERS + "/{id}", "changeUser", WRITE, this::change),
                Route.of(HttpMethod.DELETE, USERS + "/{id}", "removeUser", WRITE, this::remove));
    }

    private Answer create(Call call) {
        NewUser wanted = call.body(NewUser.class);
        String email = wanted.email();
        Members.Result result =
                flow.grant(
                        call.principal().tenant(),
                        new Members.NewMember(
                                wanted.name().strip(),
                                email == null ? null : email.strip(),
                                new Standing(wanted.role(), wanted.installationRole())),
                        Wire.may(call),
                        Wire.meta(call));
        return switch (result) {
            case Members.Result.Done done ->
                    Answer.created(
                            USERS + "/" + done.person(), document(member(call, done.person())));
            case Members.Result.Unfit unfit -> throw Wire.of(unfit.reason());
            case Members.Result.Refused refused -> throw Wire.of(refused.reason());
        };
    }

    private Answer list(Call call) {
        int limit = Paging.limit(call);
        UUID before = call.query("cursor").map(Wire::cursor).orElse(null);
        List<MemberCard> found = members.newest(call.principal().tenant(), before, limit + 1);
        List<MemberCard> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.ok(
                new UserPage(
                        page.stream().map(this::document).toList(),
                        found.size() > limit ? page.getLast().person() : null));
    }

    private Answer change(Call call) {
        UUID person = call.pathId("id");
        Role role = call.body(UserChange.class).role();
        refuse(
                flow.change(
                        call.principal().tenant(), person, role, Wire.may(call), Wire.meta(call)));
        return Answer.ok(document(member(call, person)));
    }

    private Answer remove(Call call) {
        refuse(
                flow.end(
                        call.principal().tenant(),
                        call.pathId("id"),
                        Wire.may(call),
                        Wire.meta(call)));
        return Answer.nothing();
    }

    private static void refuse(Optional<MembershipRefusal> refused) {
        if (refused.isPresent()) {
            throw Wire.of(refused.get());
        }
    }

    private MemberCard member(Call call, UUID person) {
        return members.member(call.principal().tenant(), person).orElseThrow(Wire::noSuchUser);
    }

    private UserDocument document(MemberCard card) {
        return new UserDocument(
                card.person(),
                organisations.person(card.person()).orElse(null),
                organisations.email(card.person()).orElse(null),
                card.standing().role(),
                card.standing().installation(),
                card.since());
    }
}
