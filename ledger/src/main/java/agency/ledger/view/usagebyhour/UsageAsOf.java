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

/**
 * Usage as it was known at a point of the log: the sums of the whole hours before it, and the facts
 * of the hour it lies in, read from the log.
 */
public final class UsageAsOf {
    private static final int READ = 2_000;

    private final UsageQuery hours;
    private final EventLog log;
    private final Moments moments;

    /** Over these sums and the log that they are of. */
    public UsageAsOf(UsageQuery hours, EventLog log) {
        this.hours = hours;
        this.log = log;
        this.moments = new Moments(log);
    }

    /** What sums are told apart by. */
    private record Group(List<String> values, int usageClass) {}

    /** Finds points; see {@link Moments}. */
    public Moments moments() {
        return moments;
    }

    /**
     * The sums as they were known. Blocks. The caller sees to it that the sums have come as far as
     * the point.
     */
    public List<Sums> sums(Asked asked, Moments.Point point) throws UsageQuery.NotBuiltYet {
        Instant hour = point.at().truncatedTo(ChronoUnit.HOURS);
        Map<Group, long[]> groups = new HashMap<>();
        for (Sums sums : hours.recordedBefore(asked, hour)) {
            groups.put(new Group(sums.group(), sums.usageClass()), numbers(sums));
        }
        Moments.Point before = moments.at(hour.minus(1, ChronoUnit.MICROS));
        for (int lane = 0; lane < point.positions().size(); lane++) {
            long upTo = point.positions().get(lane);
            long after = before.positions().get(lane);
            while (after < upTo) {
                List<Recorded> facts =
                        log.lane(lane, after, upTo, READ, Set.of(UsageFacts.JOURNALS));
                facts.forEach(fact -> add(groups, fact, asked));
                after = facts.size() < READ ? upTo : facts.getLast().position().value();
            }
        }
        List<Sums> sums = new ArrayList<>();
        groups.forEach((group, n) -> sums.add(sums(group, n)));
        sums.sort(
                Comparator.comparing((Sums one) -> String.join("\u0000", one.group()))
                        .thenComparingInt(Sums::usageClass));
        return sums;
    }

    private static void add(Map<Group, long[]> groups, Recorded fact, Asked asked) {
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
                            UsageByHour.add(
                                    groups.computeIfAbsent(
                                            group, any -> new long[UsageByHour.SUMS]),
                                    row);
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
