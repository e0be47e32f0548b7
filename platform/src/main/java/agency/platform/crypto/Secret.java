package agency.platform.crypto;

import java.nio.charset.StandardCharsets;

/** A text that must never be seen: a password, a token, a key. Prints as stars, compares slowly. */
public final class Secret {
    /** How every secret is shown. */
    public static final String SHOWN = "********";

    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    /** Wraps a secret text. */
    public static Secret of(String text) {
        return new Secret(text);
    }

    /** The text itself; the caller takes over its protection. */
    public String reveal() {
        return text;
    }

    /** Whether there is nothing in it. */
    public boolean isEmpty() {
        return text.isEmpty();
    }

    /** Equal by content, in a time that does not depend on where they differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that
                && Digests.same(
                        text.getBytes(StandardCharsets.UTF_8),
                        that.text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Never the text. */
    @Override
    public String toString() {
        return SHOWN;
    }
}
