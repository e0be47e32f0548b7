package agency.access.domain.person;

import agency.kernel.fact.Personal;
import java.time.Instant;

/** What can be asked of a person's entry. */
public sealed interface PersonCommand {
    /** Enter somebody; whose id it is stands in the name. */
    record RegisterPerson(Personal name, Instant at) implements PersonCommand {}
}
