package agency.kernel.metering;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * On whose account an attempt is made.
 *
 * @param tenant the organisation's number
 * @param project the project's id
 * @param person whose key it is; null for a service account's
 * @param key the API key's id (never the key itself)
 */
public record Caller(int tenant, UUID project, @Nullable UUID person, UUID key) {}
