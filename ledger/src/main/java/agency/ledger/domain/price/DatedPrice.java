package agency.ledger.domain.price;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A price and when it holds: from a day on, or in a window of each day, both in UTC.
 *
 * @param from the first day, null for always
 * @param daily the window of each day, null for all of it
 * @param price the price
 */
public record DatedPrice(@Nullable LocalDate from, @Nullable Daily daily, Price price) {
    /**
     * A window of each day in UTC; past midnight when it ends before it begins.
     *
     * @param from its first moment
     * @param until the first moment after it
     */
    public record Daily(LocalTime from, LocalTime until) {
        boolean holds(LocalTime time) {
            boolean begun = !time.isBefore(from);
            boolean ended = !time.isBefore(until);
            return from.isBefore(until) ? begun && !ended : begun || !ended;
        }
    }

    /** Whether it holds at a moment. */
    public boolean holds(Instant moment) {
        return (from == null || !moment.isBefore(from.atStartOfDay(ZoneOffset.UTC).toInstant()))
                && (daily == null || daily.holds(moment.atOffset(ZoneOffset.UTC).toLocalTime()));
    }

    /** The next moment after this one at which it may begin or cease to hold. */
    public Instant nextChange(Instant moment) {
        Instant next = Instant.MAX;
        if (from != null) {
            Instant begins = from.atStartOfDay(ZoneOffset.UTC).toInstant();
            if (begins.isAfter(moment)) {
                next = begins;
            }
        }
        if (daily != null) {
            for (LocalTime edge : new LocalTime[] {daily.from(), daily.until()}) {
                Instant today =
                        moment.atOffset(ZoneOffset.UTC)
                                .toLocalDate()
                                .atTime(edge)
                                .toInstant(ZoneOffset.UTC);
                Instant at = today.isAfter(moment) ? today : today.plusSeconds(86_400);
                next = at.isBefore(next) ? at : next;
            }
        }
        return next;
    }
}
