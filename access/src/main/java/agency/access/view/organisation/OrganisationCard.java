package agency.access.view.organisation;

import agency.access.domain.organisation.Founding;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an organisation.
 *
 * @param number its number
 * @param name what it is called
 * @param founding what its founding decided
 * @param opened since when it is
 * @param version of how many facts it is
 * @param closed when it was closed; null while it is open
 */
public record OrganisationCard(
        int number,
        String name,
        Founding founding,
        Instant opened,
        int version,
        @Nullable Instant closed) {}
