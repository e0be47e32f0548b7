package agency.platform.egress;

import io.vertx.core.Future;
import java.net.URI;

/**
 * The one way out. Resolves a target once, checks the address, and connects to the checked address
 * only; never follows a redirect to another host. Link-local and metadata addresses never; loopback
 * and private ranges only where the operator allowed them by name.
 */
public interface Egress {
    /**
     * Checks a base URL and gives what to connect to. Asynchronous because it may resolve a name;
     * answers from memory for a target checked lately. Fails with a {@link Refused} that says why.
     */
    Future<Target> target(URI origin);

    /**
     * A checked target.
     *
     * @param host the host's name, for TLS and the {@code Host} header
     * @param address the checked address to connect to
     * @param port the port
     * @param tls whether to speak TLS
     */
    record Target(String host, String address, int port, boolean tls) {}

    /** Why a target is not allowed. */
    final class Refused extends RuntimeException {
        /**
         * Refused with a sentence that says what is wrong with the target and what would be right.
         */
        public Refused(String sentence) {
            super(sentence, null, false, false);
        }
    }
}
