package agency.access.domain.person;

import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.UUID;
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

    /** Call the person something else. */
    record RenamePerson(Personal name, Instant at) implements PersonCommand {}

    /**
     * Give the person a password, in place of any before.
     *
     * @param hash what the password can be compared with, never the password
     */
    record SetPassword(Personal hash, Instant at) implements PersonCommand {}

    /** Say where mail reaches somebody of whom that is not known. */
    record GiveEmail(Personal email, Instant at) implements PersonCommand {}

    /** Erase a person for ever. */
    record ErasePerson(UUID person, Instant at) implements PersonCommand {}

    /** Say that the key of so many texts about an erased person is destroyed. */
    record ConfirmForgotten(UUID person, int texts, Instant at) implements PersonCommand {}
}
