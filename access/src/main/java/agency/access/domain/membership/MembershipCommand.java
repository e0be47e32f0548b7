package agency.access.domain.membership;

import agency.access.domain.role.Standing;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/** What can be asked of an organisation's memberships. */
public sealed interface MembershipCommand {
    /** Whom it is about. */
    UUID person();

    /** The names of all that whoever asks may do; he can give and take no more than that. */
    Set<String> may();

    /** The moment of asking. */
    Instant at();

    /** Let a person in, as this. */
    record GrantMembership(UUID person, Standing standing, Set<String> may, Instant at)
            implements MembershipCommand {}

    /** Make a member something else. */
    record ChangeStanding(UUID person, Standing standing, Set<String> may, Instant at)
            implements MembershipCommand {}

    /** Let a person in no more. */
    record EndMembership(UUID person, Set<String> may, Instant at) implements MembershipCommand {}
}
