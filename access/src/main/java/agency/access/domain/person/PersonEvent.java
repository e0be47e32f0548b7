package agency.access.domain.person;

import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.UUID;

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

    /** The person was erased: nothing about him is shown or recorded any more. */
    record PersonErased(UUID person, Instant at) implements PersonEvent {}

    /**
     * The key of all texts about an erased person is destroyed, wherever the facts lie.
     *
     * @param texts how many facts held one
     */
    record PersonForgotten(UUID person, int texts, Instant at) implements PersonEvent {}
}
