package agency.access.view.member;

import agency.access.domain.role.Standing;
import java.time.Instant;
import java.util.UUID;

/** A member: of which organisation, who, as what and since when. */
public record MemberCard(int tenant, UUID person, Standing standing, Instant since) {}
