package agency.access.domain.name;

import java.util.Optional;

/** What people may call things: one line that says something. */
public final class Naming {
    /** Longest name, in characters. */
    public static final int MAX_LENGTH = 100;

    private Naming() {}

    /** What is wrong with a name, as the end of "the name …"; empty when nothing is. */
    public static Optional<String> flaw(String name) {
        if (name.isBlank()) {
            return Optional.of("must not be blank");
        }
        if (name.length() > MAX_LENGTH) {
            return Optional.of(
                    "has " + name.length() + " characters; at most " + MAX_LENGTH + " are allowed");
        }
        if (!name.equals(name.strip())) {
            return Optional.of("must not begin or end with a space");
        }
        if (name.codePoints().anyMatch(Character::isISOControl)) {
            return Optional.of("must not contain control characters such as line breaks");
        }
        return Optional.empty();
    }
}
