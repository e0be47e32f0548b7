package agency.access.domain.account;

import java.time.Instant;
import java.util.UUID;

/** What happened to a service account. */
public sealed interface ServiceAccountEvent {
    /** It was opened. */
    record ServiceAccountOpened(UUID account, UUID project, String name, Instant at)
            implements ServiceAccountEvent {}

    /** It is called something else. */
    record ServiceAccountRenamed(UUID account, String name, Instant at)
            implements ServiceAccountEvent {}

    /** It was closed for ever: none of its keys lets in any more. */
    record ServiceAccountClosed(UUID account, Instant at) implements ServiceAccountEvent {}
}
