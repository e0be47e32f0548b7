package agency.access.domain.person;

import agency.kernel.fact.Personal;
import java.time.Instant;

/** What happened to a person's entry. */
public sealed interface PersonEvent {
    /** Somebody was entered. */
    record PersonRegistered(Personal name, Instant at) implements PersonEvent {}
}
