package agency.access.domain.key;

import agency.access.domain.role.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** Why not. */
public sealed interface KeyRefusal {
    /** The name cannot be used; {@code flaw} ends the sentence "the name …". */
    record UnfitName(String flaw) implements KeyRefusal {}

    /** The id belongs to another key. */
    record TakenId() implements KeyRefusal {}

    /** It would have ended before it began. */
    record ExpiryPassed(Instant expires, Instant at) implements KeyRefusal {}

    /** More models than {@code most}. */
    record TooManyModels(int count, int most) implements KeyRefusal {}

    /** The model at this place of the list, from 0, has no usable name. */
    record UnfitModel(int index) implements KeyRefusal {}

    /** More networks than {@code most}. */
    record TooManyNetworks(int count, int most) implements KeyRefusal {}

    /** The network at this place of the list, from 0, is none; {@code flaw} says why. */
    record UnfitNetwork(int index, String flaw) implements KeyRefusal {}

    /** Only a project's key is bound to models. */
    record NoModels() implements KeyRefusal {}

    /** The text so far may let in for this long at most. */
    record UnfitOverlap(Duration longest) implements KeyRefusal {}

    /** It was revoked: nothing about it changes any more. */
    record AlreadyRevoked() implements KeyRefusal {}

    /** The organisation has no open project with that id. */
    record NoProject() implements KeyRefusal {}

    /** The project has no open service account with that id. */
    record NoAccount() implements KeyRefusal {}

    /** A cap must be above nothing. */
    record CapNotPositive() implements KeyRefusal {}

    /** The standing allows what whoever asks may not do himself; {@code missing} names it. */
    record BeyondOwn(Standing standing, Set<String> missing) implements KeyRefusal {
        /** Copies, in order. */
        public BeyondOwn {
            missing = Collections.unmodifiableSortedSet(new TreeSet<>(missing));
        }
    }

    /** There is no such key. */
    record NeverIssued() implements KeyRefusal {}

    /** It is not any more what whoever asks has seen. */
    record Changed() implements KeyRefusal {}
}
