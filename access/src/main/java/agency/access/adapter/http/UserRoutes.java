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
import agency.platform.http.EntityTag;
import agency.platform.http.Pages;
import agency.platform.http.Pages.Filter;
import agency.platform.http.Pages.Shape;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    private final Shape<MemberCard, UUID> shape;

    UserRoutes(MemberRegister members, OrganisationRegister organisations, Members flow) {
        this.members = members;
        this.organisations = organisations;
        this.flow = flow;
        this.shape =
                Shape.of(
                        MemberCard::person,
                        card -> organisations.person(card.person()),
                        Map.of(
                                "role",
                                Filter.by(Role.class, card -> card.standing().role()),
                                "installation_role",
                                Filter.by(
                                        InstallationRole.class,
                                        card -> card.standing().installation())));
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
                Route.of(HttpMethod.GET, USERS + "/{id}", "readUser", READ, this::read),
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
        return Pages.page(call, members.of(call.principal().tenant()), shape, this::document);
    }

    private Answer read(Call call) {
        MemberCard card = member(call, call.pathId("id"));
        return EntityTag.answer(call, tag(card), document(card));
    }

    /** A member is a membership and a person. */
    private String tag(MemberCard card) {
        return card.version() + "-" + organisations.personVersion(card.person());
    }

    private Answer change(Call call) {
        int tenant = call.principal().tenant();
        MemberCard before = member(call, call.pathId("id"));
        UUID person = before.person();
        boolean demanded = EntityTag.demanded(call, tag(before));
        int entry = organisations.personVersion(person);
        UserChange change = call.body(UserChange.class);
        if (change.role() != null || change.installationRole() != null) {
            Standing now = member(call, person).standing();
            Role role = change.role();
            InstallationChoice choice = change.installationRole();
            Standing wanted =
                    new Standing(
                            role == null ? now.role() : role,
                            choice == null ? now.installation() : choice.role());
            refuse(
                    flow.change(
                            tenant,
                            person,
                            wanted,
                            Wire.may(call),
                            demanded ? before.version() : null,
                            Wire.meta(call)));
        }
        String name = change.name();
        if (name != null) {
            Set<String> missing = member(call, person).standing().beyond(Wire.may(call));
            if (!missing.isEmpty()) {
                throw Wire.beyond(member(call, person).standing(), missing);
            }
            Optional<PersonRefusal> unfit =
                    flow.rename(
                            tenant, person, name.strip(), demanded ? entry : null, Wire.meta(call));
            if (unfit.isPresent()) {
                throw Wire.of(unfit.get());
            }
        }
        MemberCard card = member(call, person);
        return EntityTag.of(Answer.ok(document(card)), tag(card));
    }

    private Answer remove(Call call) {
        refuse(
                flow.end(
                        call.principal().tenant(),
                        call.pathId("id"),
                        Wire.may(call),
                        demanded(call),
                        Wire.meta(call)));
        return Answer.nothing();
    }

    private @Nullable Integer demanded(Call call) {
        return members.member(call.principal().tenant(), call.pathId("id"))
                .map(card -> Wire.expected(call, tag(card), card.version()))
                .orElse(null);
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
