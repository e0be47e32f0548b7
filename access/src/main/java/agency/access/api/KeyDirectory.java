package agency.access.api;

import agency.kernel.metering.Caller;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tells whose a project's API key is. Reads memory only, takes no lock, well under 1 µs. */
public interface KeyDirectory {
    /**
     * Who bears this key.
     *
     * @param key the key's text as it was sent
     * @param now the moment by which expiry is judged
     */
    Answer lookup(String key, Instant now);

    /**
     * Tells of every revocation, before any {@code revoke} that waits for it returns: whoever has
     * streams open with a key ends them here. The listener gets the key's id, must not block, and
     * may be told of a key twice. Close to stop listening.
     */
    Registration onRevoked(Consumer<UUID> listener);

    /** A listener's place; closing it gives it up. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** The bearer of a key, or why there is none. */
    sealed interface Answer {
        /**
         * May ask.
         *
         * @param models the only models it may use; empty for all
         * @param from whether it may be used from an address; null for from everywhere
         */
        record Known(Caller caller, Set<String> models, @Nullable Predicate<InetAddress> from)
                implements Answer {}

        /** The key was revoked. */
        record Revoked(UUID key) implements Answer {}

        /** The key's time is over. */
        record Expired(UUID key) implements Answer {}

        /** No project's key: never issued, or an administrator's. */
        record Unknown() implements Answer {}

        /**
         * This instance has lost touch with the log and cannot know of revocations: nobody is
         * admitted until it is back. Worth another try, here or elsewhere.
         */
        record Adrift() implements Answer {}
    }
}
