package agency.access.domain.person;

import agency.kernel.fact.Personal;
import java.time.Instant;

/** What happened to a person's entry. */
public sealed interface PersonEvent {
    /** Somebody was entered. */
    record PersonRegistered(Personal name, Instant at) implements PersonEvent {}

    /** The person is called something else. */
    record PersonRenamed(Personal name, Instant at) implements PersonEvent {}

    /** It is known where mail reaches a person; no other of the organisation has this e-mail. */
    record PersonEmailGiven(Personal email, Instant at) implements PersonEvent {}

    /** The person signs in with another password from now on; {@code hash} is its bcrypt hash. */
    record PersonPasswordSet(Personal hash, Instant at) implements PersonEvent {}
}
