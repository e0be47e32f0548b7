package agency.access.adapter.http;

import agency.access.domain.membership.MembershipRefusal;
import agency.access.domain.person.PersonRefusal;
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.flow.Members;
import agency.access.view.member.MemberCard;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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

    /** What is to change; what is absent stays. */
    record UserChange(
            @Nullable String name,
            @Nullable Role role,
            @Nullable InstallationChoice installationRole) {}

    /** A role in the installation, or none. */
    enum InstallationChoice {
        OPERATOR,
        AUDITOR,
        NONE;

        @Nullable InstallationRole role() {
            return this == NONE ? null : InstallationRole.valueOf(name());
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A member; {@code name} and {@code email} are absent once erased. */
    record UserDocument(
            UUID id,
            @Nullable String name,
            @Nullable String email,
            Role role,
            @Nullable InstallationRole installationRole,
            Instant memberSince) {}

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
        return Pages.page(
                call,
                (before, limit) -> members.newest(call.principal().tenant(), before, limit),
                MemberCard::person,
                this::document);
    }

    private Answer change(Call call) {
        int tenant = call.principal().tenant();
        UUID person = member(call, call.pathId("id")).person();
        UserChange change = call.body(UserChange.class);
        if (change.role() != null || change.installationRole() != null) {
            Standing now = member(call, person).standing();
            Role role = change.role();
            InstallationChoice choice = change.installationRole();
            Standing wanted =
                    new Standing(
                            role == null ? now.role() : role,
                            choice == null ? now.installation() : choice.role());
            refuse(flow.change(tenant, person, wanted, Wire.may(call), Wire.meta(call)));
        }
        String name = change.name();
        if (name != null) {
            Set<String> missing = member(call, person).standing().beyond(Wire.may(call));
            if (!missing.isEmpty()) {
                throw Wire.beyond(member(call, person).standing(), missing);
            }
            Optional<PersonRefusal> unfit =
                    flow.rename(tenant, person, name.strip(), Wire.meta(call));
            if (unfit.isPresent()) {
                throw Wire.of(unfit.get());
            }
        }
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
