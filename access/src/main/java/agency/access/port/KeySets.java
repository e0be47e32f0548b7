package agency.access.port;

import java.io.IOException;
import java.net.URI;

/** Fetches what issuers of tokens publish. Blocks. */
public interface KeySets {
    /** The document at this address, at most 1 MiB of it; throws when it cannot be had. */
    String fetch(URI address) throws IOException;
}
