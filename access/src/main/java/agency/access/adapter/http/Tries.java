package agency.access.adapter.http;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts tries by address or account, and says when there have been enough of them. */
final class Tries {
    /** Most tries of one address within {@link #WINDOW}. */
    static final int MOST = 10;

    /** For how long tries count. */
    static final Duration WINDOW = Duration.ofMinutes(10);

    /** Most addresses remembered; the ones that came first are forgotten first. */
    static final int MAX_ADDRESSES = 10_000;

    private record Count(Instant since, int tries) {}

    private final InstantSource clock;
    private final Map<String, Count> counts = new LinkedHashMap<>();

    Tries(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * What the tries of an address are counted by: the address itself; of IPv6 its /64, since
     * whoever has one of those addresses has them all.
     */
    static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.ofLiteral(address).getAddress();
            return bytes.length == 4 ? address : HexFormat.of().formatHex(bytes, 0, 8);
        } catch (IllegalArgumentException noAddress) {
            return address;
        }
    }

    /**
     * Counts one try.
     *
     * @return how long the address must wait; zero when it may try
     */
    synchronized Duration count(String address) {
        Instant now = clock.instant();
        Count count = counts.get(address);
        if (count == null || !now.isBefore(count.since.plus(WINDOW))) {
            counts.remove(address);
            count = new Count(now, 0);
        }
        if (count.tries >= MOST) {
            return Duration.between(now, count.since.plus(WINDOW));
        }
        counts.put(address, new Count(count.since, count.tries + 1));
        if (counts.size() > MAX_ADDRESSES) {
            counts.remove(counts.keySet().iterator().next());
        }
        return Duration.ZERO;
    }

    /** Takes one try back: it has succeeded, so it was none of guessing. */
    synchronized void takeBack(String address) {
        counts.computeIfPresent(
                address, (key, count) -> new Count(count.since, Math.max(0, count.tries - 1)));
    }

    /** Forgets the tries of an address that has succeeded. */
    synchronized void succeeded(String address) {
        counts.remove(address);
    }
}
