package agency.access.domain.person;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a password must be. Length is all that is asked for, as NIST SP 800-63B-4 (3.1.1.2) advises:
 * rules about kinds of characters make worse passwords.
 */
public final class Password {
    /** Shortest, in characters. */
    public static final int MIN_LENGTH = 12;

    /** Longest, in bytes of UTF-8: bcrypt looks at no more, and is never to cut one silently. */
    public static final int MAX_BYTES = 72;

    private Password() {}

    /**
     * What is wrong with a password in its normal form, to follow "the password …"; empty when
     * nothing is.
     */
    public static Optional<String> flaw(String password) {
        int length = password.codePointCount(0, password.length());
        if (length < MIN_LENGTH) {
            return Optional.of(
                    "has " + length + " characters; at least " + MIN_LENGTH + " are needed");
        }
        int bytes = password.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            return Optional.of("has " + bytes + " bytes; at most " + MAX_BYTES + " are allowed");
        }
        if (password.codePoints().anyMatch(Character::isISOControl)) {
            return Optional.of("must not contain control characters such as line breaks");
        }
        return password.codePoints().distinct().count() < 4
                ? Optional.of("must not be made of fewer than 4 different characters")
                : Optional.empty();
    }
}
