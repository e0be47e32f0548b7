package agency.gateway.adapter.provider.local.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** Fetches from the network; whoever wires us decides how the way out is guarded. */
@FunctionalInterface
public interface Downloads {
    /**
     * Opens {@code uri} for reading from a byte on. Redirects are followed as far as they are
     * allowed.
     *
     * @param fromByte the first byte wanted; 0 for all
     * @throws IOException if it cannot be reached, or is not allowed; the message is safe to show
     */
    Opened open(URI uri, long fromByte) throws IOException, InterruptedException;

    /**
     * An answer that is being read.
     *
     * @param status its HTTP status
     * @param firstByte the first byte it gives, 0 unless the status is 206
     * @param totalBytes the size of the whole thing, or -1 if it does not say
     * @param body what it gives
     */
    record Opened(int status, long firstByte, long totalBytes, InputStream body)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }
}
