package agency.access.view.account;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A service account: whose, of which project, its name, since when and, once closed, until when.
 */
public record ServiceAccountCard(
        int tenant,
        UUID id,
        UUID project,
        String name,
        Instant opened,
        int version,
        @Nullable Instant closed) {}
