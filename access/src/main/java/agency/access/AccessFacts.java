package agency.access;

import agency.access.domain.key.KeyEvent.AdministratorKeyIssued;
import agency.access.domain.key.KeyEvent.KeyRevoked;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.key.KeyEvent.RoleKeyIssued;
import agency.access.domain.link.LinkEvent.LinkConsumed;
import agency.access.domain.link.LinkEvent.LinkOffered;
import agency.access.domain.membership.MembershipEvent.MembershipEnded;
import agency.access.domain.membership.MembershipEvent.MembershipGranted;
import agency.access.domain.membership.MembershipEvent.MembershipRoleChanged;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.person.PersonEvent.PersonEmailGiven;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.project.ProjectEvent.ProjectOpened;
import agency.access.domain.session.SessionEvent.SessionEnded;
import agency.access.domain.session.SessionEvent.SessionOpened;
import agency.kernel.fact.FactType;
import java.util.List;

/** The names under which the facts of access are stored, for ever. */
final class AccessFacts {
    static final List<FactType<?>> ALL =
            List.of(
                    new FactType<>("access.organisation.opened", 1, OrganisationOpened.class),
                    new FactType<>("access.project.opened", 1, ProjectOpened.class),
                    new FactType<>("access.person.registered", 1, PersonRegistered.class),
                    new FactType<>("access.project-key.issued", 1, ProjectKeyIssued.class),
                    new FactType<>(
                            "access.administrator-key.issued", 1, AdministratorKeyIssued.class),
                    new FactType<>(
                            "access.administrator-key.issued-with-role", 1, RoleKeyIssued.class),
                    new FactType<>("access.person.email-given", 1, PersonEmailGiven.class),
                    new FactType<>("access.membership.granted", 1, MembershipGranted.class),
                    new FactType<>(
                            "access.membership.role-changed", 1, MembershipRoleChanged.class),
                    new FactType<>("access.membership.ended", 1, MembershipEnded.class),
                    new FactType<>("access.key.revoked", 1, KeyRevoked.class),
                    new FactType<>("access.link.offered", 1, LinkOffered.class),
                    new FactType<>("access.link.consumed", 1, LinkConsumed.class),
                    new FactType<>("access.session.opened", 1, SessionOpened.class),
                    new FactType<>("access.session.ended", 1, SessionEnded.class));

    private AccessFacts() {}
}
