package agency.access.domain.person;

import agency.kernel.fact.Personal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can be asked of a person's entry. */
public sealed interface PersonCommand {
    /**
     * Enter somebody; whose id it is stands in the name.
     *
     * @param email where mail reaches the person; null for nowhere
     */
    record RegisterPerson(Personal name, @Nullable Personal email, Instant at)
            implements PersonCommand {}
}
