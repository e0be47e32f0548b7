package agency.platform.audit;

import agency.kernel.fact.FactType;
import agency.kernel.fact.StreamName;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Somebody was refused the same thing for the same reason so many times within a short while.
 *
 * @param operation what was asked for: the operation of a route
 * @param reason the type of the problem, e.g. {@code permission-missing}
 * @param actor the id of the key or session that asked; null when nobody was known
 * @param network roughly where from: the first 24 bits of an IPv4, 48 of an IPv6 address; null when
 *     it is not known
 * @param times how many times
 * @param from when first
 * @param until when last
 */
public record RefusalsCounted(
        String operation,
        String reason,
        @Nullable String actor,
        @Nullable String network,
        int times,
        Instant from,
        Instant until) {
    /** The category of its streams. */
    public static final String CATEGORY = "audit.refusals";

    /** Its name in the log. */
    public static final FactType<RefusalsCounted> TYPE =
            new FactType<>("audit.refusals.counted", 1, RefusalsCounted.class);

    /** The stream of an organisation's refusals of a day. */
    static StreamName stream(int tenant, Instant at) {
        return StreamName.of(tenant, CATEGORY, LocalDate.ofInstant(at, ZoneOffset.UTC).toString());
    }
}
