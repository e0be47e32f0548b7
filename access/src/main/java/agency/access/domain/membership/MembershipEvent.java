package agency.access.domain.membership;

import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What happened to an organisation's memberships. */
public sealed interface MembershipEvent {
    /** Whom it is about. */
    UUID person();

    /** A person was let in; {@code installation} is null for no role beyond the organisation. */
    record MembershipGranted(
            UUID person, Role role, @Nullable InstallationRole installation, Instant at)
            implements MembershipEvent {}

    /** A member has another role in the organisation. */
    record MembershipRoleChanged(UUID person, Role role, Instant at) implements MembershipEvent {}

    /** A member has another role in the installation; none when it is null. */
    record MembershipInstallationRoleChanged(
            UUID person, @Nullable InstallationRole installation, Instant at)
            implements MembershipEvent {}

    /** A person is a member no more. */
    record MembershipEnded(UUID person, Instant at) implements MembershipEvent {}
}
