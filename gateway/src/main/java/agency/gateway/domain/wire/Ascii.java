package agency.gateway.domain.wire;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Names on the wire are plain ASCII. */
final class Ascii {
    static final Charset SET = StandardCharsets.US_ASCII;
    static final byte[] NOTHING = {};

    private Ascii() {}
}
