package agency.access.flow;

import agency.access.view.fingerprint.Fingerprint;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;

/**
 * A secret just made: its text, which is shown once and kept nowhere, and its SHA-256, which is
 * recorded. 256 random bits behind a prefix that tells people and scanners what they found.
 */
record Minting(Secret text, String sha256) {
    /** How the keys of projects begin. */
    static final String PROJECT_KEY = "sk-agency-";

    /** How the keys of administrators begin. */
    static final String ADMINISTRATOR_KEY = "sk-agency-admin-";

    /** How the tokens of links and the cookies of sessions begin: with nothing, they are brief. */
    static final String PASSING = "";

    /** A new secret with this beginning. */
    static Minting of(String prefix, SecretSource secrets) {
        String text = prefix + secrets.token();
        return new Minting(Secret.of(text), Fingerprint.of(text).hex());
    }
}
