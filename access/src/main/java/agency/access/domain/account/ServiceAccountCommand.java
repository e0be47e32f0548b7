package agency.access.domain.account;

import java.time.Instant;
import java.util.UUID;

/** What can be asked of a service account. */
public sealed interface ServiceAccountCommand {
    /** Open it, in this project. */
    record OpenAccount(UUID account, UUID project, String name, Instant at)
            implements ServiceAccountCommand {}

    /** Call it something else. */
    record RenameAccount(UUID account, String name, Instant at) implements ServiceAccountCommand {}

    /** Close it for ever, with all its keys. */
    record CloseAccount(UUID account, Instant at) implements ServiceAccountCommand {}
}
