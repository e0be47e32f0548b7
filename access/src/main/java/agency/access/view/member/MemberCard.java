package agency.access.view.member;

import agency.access.domain.role.Standing;
import java.time.Instant;
import java.util.UUID;

/**
 * A member: of which organisation, who, as what and since when.
 *
 * @param version how many facts of the organisation's memberships are about him
 */
public record MemberCard(int tenant, UUID person, Standing standing, Instant since, int version) {}
