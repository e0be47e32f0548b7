package agency.ledger.domain.budget;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;

/**
 * When a budget begins anew. Days, weeks (from Monday) and months begin at midnight in a time zone;
 * a rolling one looks back from now and is counted in buckets of an hour, or of a day when it is
 * longer than two days. A bucket is let go when all of it is out of the window: late, never early.
 *
 * @param kind what it is
 * @param hours how long a rolling one looks back; 0 for others
 * @param zone the time zone in which days begin, as the tz database names it
 */
public record Period(Kind kind, int hours, String zone) {
    /** Longest that a rolling one looks back: a year, in hours. */
    public static final int MAX_HOURS = 366 * 24;

    private static final int HOURLY_UP_TO = 48;
    private static final long HOUR = 3_600;
    private static final long DAY = 24 * HOUR;

    /** The kinds of periods. */
    public enum Kind {
        /** Never begins anew. */
        FOREVER,
        /** From midnight to midnight. */
        DAY,
        /** From Monday to Monday. */
        WEEK,
        /** From the first of a month to the next. */
        MONTH,
        /** The last so many hours. */
        ROLLING
    }

    /** Never begins anew. */
    public static final Period FOREVER = new Period(Kind.FOREVER, 0, "UTC");

    /** Refuses a zone nobody knows and a rolling length out of range. */
    public Period {
        if (kind == Kind.ROLLING ? hours < 1 || hours > MAX_HOURS : hours != 0) {
            throw new IllegalArgumentException(
                    kind == Kind.ROLLING
                            ? "a rolling period looks back 1 to "
                                    + MAX_HOURS
                                    + " hours, not "
                                    + hours
                            : "only a rolling period has a length in hours");
        }
        try {
            ZoneId.of(zone);
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException(
                    "a time zone is named as in Europe/Berlin or UTC", unknown);
        }
    }

    /** The stretch that a moment lies in: what is used then is counted there. */
    public Span at(Instant moment) {
        return switch (kind) {
            case FOREVER -> Span.EVER;
            case ROLLING -> {
                long from = Math.floorDiv(moment.getEpochSecond(), bucket()) * bucket();
                yield new Span(from, from + bucket());
            }
            case DAY -> days(day(moment), 1);
            case WEEK ->
                    days(day(moment).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)), 7);
            case MONTH -> {
                LocalDate first = day(moment).withDayOfMonth(1);
                yield new Span(midnight(first), midnight(first.plusMonths(1)));
            }
        };
    }

    /** Until when what was used in a stretch counts, in seconds since 1970. */
    public long counts(Span span) {
        return kind == Kind.ROLLING ? span.until() + hours * HOUR : span.until();
    }

    /** The stretch that begins at this second. */
    public Span from(long second) {
        return at(Instant.ofEpochSecond(second));
    }

    private long bucket() {
        return hours <= HOURLY_UP_TO ? HOUR : DAY;
    }

    private LocalDate day(Instant moment) {
        return LocalDate.ofInstant(moment, ZoneId.of(zone));
    }

    private Span days(LocalDate first, int count) {
        return new Span(midnight(first), midnight(first.plusDays(count)));
    }

    private long midnight(LocalDate day) {
        return day.atStartOfDay(ZoneId.of(zone)).toEpochSecond();
    }
}
