package agency.gateway.port;

import agency.kernel.metering.Caller;
import java.net.InetAddress;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tells who bears an API key. Reads memory only. */
public interface Callers {
    /** Who bears this key; looked up by its SHA-256. */
    Bearer bearer(String key);

    /** The bearer of a key, or why there is none. */
    sealed interface Bearer {
        /**
         * May ask.
         *
         * @param models names of the only models allowed, plain or full; empty for all
         * @param from whether the key may be used from an address; null for from everywhere
         */
        record Known(Caller caller, Set<String> models, @Nullable Predicate<InetAddress> from)
                implements Bearer {}

        /** No such key was ever given out. */
        record Nobody() implements Bearer {}

        /** The key was revoked. */
        record Revoked() implements Bearer {}

        /** The key may not be used from where the request came from. */
        record Elsewhere() implements Bearer {}

        /** The key's time is over. */
        record Expired() implements Bearer {}

        /** Revocations cannot be known at the moment, so nobody is admitted. */
        record Adrift(int retryAfterSeconds) implements Bearer {}
    }
}
