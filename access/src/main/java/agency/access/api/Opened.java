package agency.access.api;

import agency.platform.crypto.Secret;
import java.util.Optional;
import java.util.UUID;

/**
 * An installation that is open for use.
 *
 * @param organisation the organisation's number
 * @param project the first project
 * @param administrator the local administrator
 * @param profile the administrator key for the local profile, when it had none that works; it can
 *     be had only here
 * @param firstKey the first project's first key, at the start that made it; it can be had only here
 */
public record Opened(
        int organisation,
        UUID project,
        UUID administrator,
        Optional<Secret> profile,
        Optional<Secret> firstKey) {}
