package agency.ledger.view.usagebyhour;

import agency.kernel.fact.Recorded;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageFacts;
import agency.ledger.domain.usage.UsageRecorded;
import agency.ledger.domain.usage.UsageRow;
import agency.ledger.view.usagebyhour.UsageQuery.Asked;
import agency.ledger.view.usagebyhour.UsageQuery.Dimension;
import agency.ledger.view.usagebyhour.UsageQuery.Sums;
import agency.platform.log.EventLog;
import agency.platform.log.Moments;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Usage as it was known at a point of the log: the sums of the whole hours before it, and the facts
 * of the hour it lies in, read from the log; or those of that hour too, less the facts after it,
 * whichever are fewer. As of a whole hour whose facts were put away it is what was recorded before
 * it.
 */
public final class UsageAsOf {
    private static final int READ = 2_000;

    private final UsageQuery hours;
    private final EventLog log;
    private final Moments moments;
    private final Predicate<Moments.Point> summedUp;

    /**
     * Over these sums and the log that they are of.
     *
     * @param summedUp whether the sums have come as far as a point
     */
    public UsageAsOf(UsageQuery hours, EventLog log, Predicate<Moments.Point> summedUp) {
        this.hours = hours;
        this.log = log;
        this.moments = new Moments(log);
        this.summedUp = summedUp;
    }

    /** The facts of the hour lie in an archive: only the whole hours around it can be told. */
    public static final class Archived extends Exception {
        private final Instant hour;

        Archived(Instant hour) {
            super("facts of the hour from " + hour + " lie in an archive", null, false, false);
            this.hour = hour;
        }

        /** The hour. */
        public Instant hour() {
            return hour;
        }
    }

    /** What sums are told apart by. */
    private record Group(List<String> values, int usageClass) {}

    /** Finds points; see {@link Moments}. */
    public Moments moments() {
        return moments;
    }

    /**
     * The sums as they were known. Blocks. Throws {@link UsageQuery.NotBuiltYet} while the sums
     * have not come so far, and {@link Archived} when the facts that are needed are not here.
     */
    public List<Sums> sums(Asked asked, Moments.Point point)
            throws UsageQuery.NotBuiltYet, Archived {
        if (!summedUp.test(point)) {
            throw new UsageQuery.NotBuiltYet();
        }
        Instant hour = point.at().truncatedTo(ChronoUnit.HOURS);
        Instant next = hour.plus(1, ChronoUnit.HOURS);
        Moments.Point begin = moments.at(hour.minus(1, ChronoUnit.MICROS));
        Moments.Point end = moments.at(next.minus(1, ChronoUnit.MICROS));
        // Where facts are put away it is not known any more which of them came before a moment.
        boolean known = here(point);
        boolean forward = (known && here(begin)) || point.at().equals(hour);
        boolean back = known && over(end) && summedUp.test(end);
        if (!forward && !back) {
            throw new Archived(hour);
        }
        boolean fromEnd = back && (!forward || facts(point, end) < facts(begin, point));
        Map<Group, long[]> groups = new HashMap<>();
        for (Sums sums : hours.recordedBefore(asked, fromEnd ? next : hour)) {
            groups.put(new Group(sums.group(), sums.usageClass()), numbers(sums));
        }
        if (groups.size() <= UsageQuery.MAX_ROWS) {
            if (fromEnd) {
                read(asked, groups, point, end, -1);
            } else {
                read(asked, groups, begin, point, 1);
            }
        }
        List<Sums> sums = new ArrayList<>();
        groups.forEach((group, n) -> {
            if (n[0] != 0) {
                sums.add(sums(group, n));
            }
        });
        sums.sort(
                Comparator.comparing((Sums one) -> String.join("\u0000", one.group()))
                        .thenComparingInt(Sums::usageClass));
        return sums;
    }

    /** Whether every fact after a point is here. */
    private boolean here(Moments.Point point) {
        for (int lane = 0; lane < point.positions().size(); lane++) {
            if (point.positions().get(lane) < log.archivedThrough(lane)) {
                return false;
            }
        }
        return true;
    }

    /** Whether each lane has gone on, so that nothing is recorded at or before a point any more. */
    private boolean over(Moments.Point point) {
        for (int lane = 0; lane < point.positions().size(); lane++) {
            if (log.head(lane).value() <= point.positions().get(lane)) {
                return false;
            }
        }
        return true;
    }

    private static long facts(Moments.Point after, Moments.Point upTo) {
        long facts = 0;
        for (int lane = 0; lane < upTo.positions().size(); lane++) {
            facts += Math.max(0, upTo.positions().get(lane) - after.positions().get(lane));
        }
        return facts;
    }

    /** Adds the facts after one point and up to another, or takes them away. */
    private void read(
            Asked asked,
            Map<Group, long[]> groups,
            Moments.Point begin,
            Moments.Point end,
            int sign) {
        for (int lane = 0; lane < end.positions().size(); lane++) {
            long upTo = end.positions().get(lane);
            long after = begin.positions().get(lane);
            while (after < upTo) {
                List<Recorded> facts =
                        log.lane(lane, after, upTo, READ, Set.of(UsageFacts.JOURNALS));
                facts.forEach(fact -> add(groups, fact, asked, sign));
                after = facts.size() < READ ? upTo : facts.getLast().position().value();
            }
        }
    }

    private static void add(Map<Group, long[]> groups, Recorded fact, Asked asked, int sign) {
        if (fact.fact() instanceof UsageRecorded usage) {
            UsageBatch.unpack(
                    usage,
                    row -> {
                        if (wanted(row, asked)) {
                            Group group =
                                    new Group(
                                            asked.by().stream()
                                                    .map(dimension -> value(row, dimension))
                                                    .toList(),
                                            row.usageClass());
                            long[] one = new long[UsageByHour.SUMS];
                            UsageByHour.add(one, row);
                            long[] sums =
                                    groups.computeIfAbsent(
                                            group, any -> new long[UsageByHour.SUMS]);
                            for (int i = 0; i < one.length; i++) {
                                sums[i] = Math.addExact(sums[i], sign * one[i]);
                            }
                        }
                    });
        }
    }

    private static boolean wanted(UsageRow row, Asked asked) {
        Instant hour = Instant.ofEpochMilli(UsageByHour.hour(row.startedMillis()));
        return !hour.isBefore(asked.from())
                && hour.isBefore(asked.until())
                && (asked.tenant() == 0 || asked.tenant() == row.caller().tenant())
                && asked.only().entrySet().stream()
                        .allMatch(one -> value(row, one.getKey()).equals(one.getValue()));
    }

    /** As the database writes it. */
    private static String value(UsageRow row, Dimension dimension) {
        Instant hour = Instant.ofEpochMilli(UsageByHour.hour(row.startedMillis()));
        return switch (dimension) {
            case KEY -> row.caller().key().toString();
            case PROJECT -> row.caller().project().toString();
            case PROVIDER -> row.line().provider();
            case MODEL -> row.line().model();
            case OPERATION -> Integer.toString(row.line().operation().code());
            case HOUR -> hour.toString();
            case DAY -> hour.truncatedTo(ChronoUnit.DAYS).toString();
        };
    }

    private static long[] numbers(Sums sums) {
        return new long[] {
            sums.attempts(),
            sums.failed(),
            sums.unpriced(),
            sums.input(),
            sums.output(),
            sums.cached(),
            sums.reasoning(),
            sums.costNanos(),
            sums.firstBytes(),
            sums.firstByteMicros(),
            sums.upstreamMicros(),
            sums.totalMicros(),
            sums.overheadMicros()
        };
    }

    private static Sums sums(Group group, long[] n) {
        return new Sums(
                group.values,
                group.usageClass,
                n[0],
                n[1],
                n[2],
                n[3],
                n[4],
                n[5],
                n[6],
                n[7],
                n[8],
                n[9],
                n[10],
                n[11],
                n[12]);
    }
}
