package agency.access.flow;

import agency.platform.crypto.Secret;
import java.text.Normalizer;

/** What somebody typed as a password. */
final class Typed {
    private Typed() {}

    /** The same text for every way to type it: NFKC, as NIST SP 800-63B-4 (3.1.1.2) advises. */
    static String normal(Secret typed) {
        return Normalizer.normalize(typed.reveal(), Normalizer.Form.NFKC);
    }
}
