package agency.ledger.adapter.http;

import agency.ledger.view.usagebyhour.UsageAsOf;
import agency.ledger.view.usagebyhour.UsageQuery;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Paging;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import agency.platform.log.Moments;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was used: sums over hours, told apart as asked. */
public final class UsageRoutes {
    /** Longest stretch of time of one question. */
    private static final Duration LONGEST = Duration.ofDays(400);

    /** The stretch when none is asked for. */
    private static final Duration USUAL = Duration.ofDays(1);

    private static final List<String> DIMENSIONS =
            List.of("key", "project", "provider", "model", "operation", "hour", "day");

    private final UsageQuery query;
    private final UsageAsOf asOf;
    private final InstantSource clock;
    private final String currency;

    /** The routes. */
    public UsageRoutes(UsageQuery query, UsageAsOf asOf, InstantSource clock, String currency) {
        this.query = query;
        this.asOf = asOf;
        this.clock = clock;
        this.currency = currency;
    }

    /** The list of them. */
    public List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/usage",
                        "readUsage",
                        Permission.of("usage.read"),
                        this::usage));
    }

    record Sum(
            long attempts,
            long failed,
            long unpricedAttempts,
            long inputTokens,
            long outputTokens,
            long cachedInputTokens,
            long reasoningTokens,
            Money cost,
            @Nullable Long meanFirstByteUs,
            @Nullable Long meanUpstreamUs,
            @Nullable Long meanTotalUs,
            @Nullable Long meanOverheadUs) {}

    record Group(Map<String, String> group, Sum sum, Map<String, Sum> byClass) {}

    record Usage(
            Instant from,
            Instant to,
            String currency,
            List<String> groupBy,
            List<Group> groups,
            Sum total,
            Map<String, Sum> totalByClass) {}

    private Answer usage(Call call) {
        Asking asking = new Asking(call);
        Instant until = ceiling(asking.moment("to").orElseGet(() -> clock.instant().plusMillis(1)));
        Instant from =
                asking.moment("from").orElse(until.minus(USUAL)).truncatedTo(ChronoUnit.HOURS);
        Asking.stretch(from, until, LONGEST);
        List<String> by = asking.words("group_by", DIMENSIONS);
        Map<UsageQuery.Dimension, String> only = new EnumMap<>(UsageQuery.Dimension.class);
        put(only, UsageQuery.Dimension.KEY, asking.id("key").map(Object::toString));
        put(only, UsageQuery.Dimension.PROJECT, asking.id("project").map(Object::toString));
        put(only, UsageQuery.Dimension.PROVIDER, asking.name("provider"));
        put(only, UsageQuery.Dimension.MODEL, asking.name("model"));
        UsageQuery.Asked asked =
                new UsageQuery.Asked(
                        call.principal().tenant(),
                        from,
                        until,
                        by.stream()
                                .map(word ->
                                        UsageQuery.Dimension.valueOf(word.toUpperCase(Locale.ROOT)))
                                .toList(),
                        only);
        String then = call.query("as_of").orElse(null);
        if (then != null) {
            return earlier(asked, by, then);
        }
        List<UsageQuery.Sums> sums = query.sums(asked);
        refuseTooMany(sums);
        return Answer.ok(shown(from, until, by, sums));
    }

    /** Usage as it was known at a moment: what was recorded later is not in it. */
    private Answer earlier(UsageQuery.Asked asked, List<String> by, String then) {
        try {
            Moments.Point point = asOf.moments().point(then, clock.instant());
            List<UsageQuery.Sums> sums = asOf.sums(asked, point);
            refuseTooMany(sums);
            return new Answer(
                    200,
                    Map.of("agency-as-of", point.toString()),
                    shown(asked.from(), asked.until(), by, sums));
        } catch (Moments.NoSuchPoint no) {
            throw Paging.wrong("as_of", String.valueOf(no.getMessage()));
        } catch (UsageQuery.NotBuiltYet no) {
            throw notYet();
        } catch (UsageAsOf.Archived no) {
            throw new Problem(
                    422,
                    "usage-archived",
                    "The facts of that hour lie in an archive",
                    "As of %s and as of %s can be told. For the time between bring the archive back:"
                                    .formatted(no.hour(), no.hour().plus(1, ChronoUnit.HOURS))
                            + " agency events unarchive.");
        }
    }

    private static Problem notYet() {
        return new Problem(
                503,
                "usage-being-built",
                "The sums are being built",
                "The sums of usage have not come to that moment yet. Try again in some seconds.");
    }

    private static void refuseTooMany(List<UsageQuery.Sums> sums) {
        if (sums.size() > UsageQuery.MAX_ROWS) {
            throw new Problem(
                    422,
                    "usage-too-large",
                    "Too many groups",
                    "The answer has more than "
                            + UsageQuery.MAX_ROWS
                            + " rows: ask for a shorter time, filter, or group by less.");
        }
    }

    private Usage shown(Instant from, Instant until, List<String> by, List<UsageQuery.Sums> sums) {
        Map<List<String>, List<UsageQuery.Sums>> groups = new LinkedHashMap<>();
        for (UsageQuery.Sums one : sums) {
            groups.computeIfAbsent(one.group(), any -> new ArrayList<>()).add(one);
        }
        List<Group> shown = new ArrayList<>();
        groups.forEach((values, list) -> {
            Map<String, String> names = new LinkedHashMap<>();
            for (int i = 0; i < by.size(); i++) {
                names.put(
                        by.get(i),
                        by.get(i).equals("operation")
                                ? Codes.operation(Integer.parseInt(values.get(i)))
                                : values.get(i));
            }
            shown.add(new Group(names, sum(list), byClass(list)));
        });
        return new Usage(
                from,
                until,
                currency,
                by,
                by.isEmpty() ? List.of() : shown,
                sum(sums),
                byClass(sums));
    }

    private static Map<String, Sum> byClass(List<UsageQuery.Sums> sums) {
        Map<Integer, List<UsageQuery.Sums>> classes = new java.util.TreeMap<>();
        for (UsageQuery.Sums one : sums) {
            classes.computeIfAbsent(one.usageClass(), any -> new ArrayList<>()).add(one);
        }
        Map<String, Sum> shown = new LinkedHashMap<>();
        classes.forEach((code, list) -> shown.put(Codes.usageClass(code), sum(list)));
        return shown;
    }

    private static Sum sum(List<UsageQuery.Sums> sums) {
        long[] n = new long[13];
        for (UsageQuery.Sums one : sums) {
            n[0] += one.attempts();
            n[1] += one.failed();
            n[2] += one.unpriced();
            n[3] += one.input();
            n[4] += one.output();
            n[5] += one.cached();
            n[6] += one.reasoning();
            n[7] = Math.addExact(n[7], one.costNanos());
            n[8] += one.firstBytes();
            n[9] += one.firstByteMicros();
            n[10] += one.upstreamMicros();
            n[11] += one.totalMicros();
            n[12] += one.overheadMicros();
        }
        return new Sum(
                n[0],
                n[1],
                n[2],
                n[3],
                n[4],
                n[5],
                n[6],
                Money.of(n[7]),
                mean(n[9], n[8]),
                mean(n[10], n[0]),
                mean(n[11], n[0]),
                mean(n[12], n[0]));
    }

    private static @Nullable Long mean(long sum, long count) {
        return count == 0 ? null : sum / count;
    }

    private static Instant ceiling(Instant moment) {
        Instant hour = moment.truncatedTo(ChronoUnit.HOURS);
        return hour.equals(moment) ? hour : hour.plus(1, ChronoUnit.HOURS);
    }

    private static void put(
            Map<UsageQuery.Dimension, String> only,
            UsageQuery.Dimension dimension,
            Optional<String> value) {
        value.ifPresent(text -> only.put(dimension, text));
    }
}
