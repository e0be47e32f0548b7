package agency.access;

import agency.access.domain.account.ServiceAccountEvent.ServiceAccountClosed;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountOpened;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountRenamed;
import agency.access.domain.invitation.InvitationEvent.InvitationAccepted;
import agency.access.domain.invitation.InvitationEvent.InvitationOffered;
import agency.access.domain.invitation.InvitationEvent.InvitationWithdrawn;
import agency.access.domain.key.KeyEvent.AdministratorKeyIssued;
import agency.access.domain.key.KeyEvent.KeyAssigned;
import agency.access.domain.key.KeyEvent.KeyExpirySet;
import agency.access.domain.key.KeyEvent.KeyModelsSet;
import agency.access.domain.key.KeyEvent.KeyNetworksSet;
import agency.access.domain.key.KeyEvent.KeyRenamed;
import agency.access.domain.key.KeyEvent.KeyRevoked;
import agency.access.domain.key.KeyEvent.KeyRotated;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.key.KeyEvent.RoleKeyIssued;
import agency.access.domain.link.LinkEvent.LinkConsumed;
import agency.access.domain.link.LinkEvent.LinkOffered;
import agency.access.domain.membership.MembershipEvent.MembershipEnded;
import agency.access.domain.membership.MembershipEvent.MembershipGranted;
import agency.access.domain.membership.MembershipEvent.MembershipInstallationRoleChanged;
import agency.access.domain.membership.MembershipEvent.MembershipRoleChanged;
import agency.access.domain.organisation.OrganisationEvent.OrganisationClosed;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.organisation.OrganisationEvent.OrganisationRenamed;
import agency.access.domain.person.PersonEvent.PersonEmailGiven;
import agency.access.domain.person.PersonEvent.PersonErased;
import agency.access.domain.person.PersonEvent.PersonForgotten;
import agency.access.domain.person.PersonEvent.PersonPasswordSet;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.person.PersonEvent.PersonRenamed;
import agency.access.domain.project.ProjectEvent.ProjectClosed;
import agency.access.domain.project.ProjectEvent.ProjectOpened;
import agency.access.domain.project.ProjectEvent.ProjectRenamed;
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
                    new FactType<>("access.person.renamed", 1, PersonRenamed.class),
                    new FactType<>("access.person.erased", 1, PersonErased.class),
                    new FactType<>("access.person.forgotten", 1, PersonForgotten.class),
                    new FactType<>(
                            "access.membership.installation-role-changed",
                            1,
                            MembershipInstallationRoleChanged.class),
                    new FactType<>("access.person.password-set", 1, PersonPasswordSet.class),
                    new FactType<>("access.invitation.offered", 1, InvitationOffered.class),
                    new FactType<>("access.invitation.accepted", 1, InvitationAccepted.class),
                    new FactType<>("access.invitation.withdrawn", 1, InvitationWithdrawn.class),
                    new FactType<>("access.organisation.renamed", 1, OrganisationRenamed.class),
                    new FactType<>("access.organisation.closed", 1, OrganisationClosed.class),
                    new FactType<>("access.project.renamed", 1, ProjectRenamed.class),
                    new FactType<>("access.project.closed", 1, ProjectClosed.class),
                    new FactType<>("access.service-account.opened", 1, ServiceAccountOpened.class),
                    new FactType<>(
                            "access.service-account.renamed", 1, ServiceAccountRenamed.class),
                    new FactType<>("access.service-account.closed", 1, ServiceAccountClosed.class),
                    new FactType<>("access.key.renamed", 1, KeyRenamed.class),
                    new FactType<>("access.key.models-set", 1, KeyModelsSet.class),
                    new FactType<>("access.key.expiry-set", 1, KeyExpirySet.class),
                    new FactType<>("access.key.networks-set", 1, KeyNetworksSet.class),
                    new FactType<>("access.key.assigned", 1, KeyAssigned.class),
                    new FactType<>("access.key.rotated", 1, KeyRotated.class),
                    new FactType<>("access.key.revoked", 1, KeyRevoked.class),
                    new FactType<>("access.link.offered", 1, LinkOffered.class),
                    new FactType<>("access.link.consumed", 1, LinkConsumed.class),
                    new FactType<>("access.session.opened", 1, SessionOpened.class),
                    new FactType<>("access.session.ended", 1, SessionEnded.class));

    private AccessFacts() {}
}
