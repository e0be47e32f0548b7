package agency.access.domain.organisation;

import java.util.UUID;

/**
 * The ids of all that a founding makes. They are chosen in the organisation's own first fact, so
 * that a start after a crash finishes what an earlier one began instead of beginning anew.
 *
 * @param administrator the person who administers it
 * @param project its first project
 * @param firstKey the first key of that project
 */
public record Founding(UUID administrator, UUID project, UUID firstKey) {}
