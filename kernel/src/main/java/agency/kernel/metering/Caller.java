package agency.kernel.metering;

import java.util.UUID;

/**
 * On whose account an attempt is made.
 *
 * @param tenant the organisation's number
 * @param project the project's id
 * @param key the API key's id (never the key itself)
 */
public record Caller(int tenant, UUID project, UUID key) {}
