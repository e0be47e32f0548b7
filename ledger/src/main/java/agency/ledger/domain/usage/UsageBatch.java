package agency.ledger.domain.usage;

import agency.kernel.fact.Recorded;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Packs attempts into one fact and unpacks them again. */
public final class UsageBatch {
    private final Map<UsageRecorded.Account, Integer> callers = new HashMap<>();
    private final Map<UsageRecorded.Line, Integer> lines = new HashMap<>();
    private final List<UsageRecorded.Account> callerList = new ArrayList<>();
    private final List<UsageRecorded.Line> lineList = new ArrayList<>();
    private final StringBuilder request = new StringBuilder();
    private final List<String> providerRequest = new ArrayList<>();
    private final NumberColumn.Writer[] columns = new NumberColumn.Writer[COLUMNS];
    private boolean anyProviderRequest;
    private long lastStarted;
    private int count;

    private static final int COLUMNS = 16;

    private UsageBatch() {
        for (int i = 0; i < COLUMNS; i++) {
            columns[i] = new NumberColumn.Writer();
        }
    }

    /**
     * One fact of these attempts, at most {@link UsageRecorded#MAX_ATTEMPTS}.
     *
     * @param through up to where of the journal this posts
     * @param assumedThrough up to which entry open intents are assumed, 0 for none
     */
    public static UsageRecorded pack(List<Attempt> attempts, long through, long assumedThrough) {
        if (attempts.isEmpty() || attempts.size() > UsageRecorded.MAX_ATTEMPTS) {
            throw new IllegalArgumentException(
                    "a fact has 1 to "
                            + UsageRecorded.MAX_ATTEMPTS
                            + " attempts, not "
                            + attempts.size());
        }
        UsageBatch batch = new UsageBatch();
        attempts.forEach(batch::add);
        return batch.fact(through, assumedThrough);
    }

    private void add(Attempt attempt) {
        OpenAttempt open = attempt.open();
        Intent intent = open.intent();
        Outcome outcome = attempt.outcome();
        UsageRecorded.Account account =
                new UsageRecorded.Account(
                        intent.caller().tenant(),
                        intent.caller().project(),
                        intent.caller().person(),
                        intent.caller().key(),
                        open.charge().accounts());
        UsageRecorded.Line line =
                new UsageRecorded.Line(
                        open.tariff().provider(),
                        open.tariff().model(),
                        intent.operation(),
                        open.tariff().version() == null ? null : open.tariff().version().id());
        long[] numbers = {
            index(callers, callerList, account),
            index(lines, lineList, line),
            intent.attempt(),
            open.startedMillis() - lastStarted,
            outcome.ending().code(),
            outcome.usageClass().code(),
            outcome.status(),
            outcome.usage().input(),
            outcome.usage().output(),
            outcome.usage().cachedInput(),
            outcome.usage().reasoning(),
            attempt.costNanos(),
            outcome.upstreamMicros(),
            outcome.firstByteMicros(),
            outcome.totalMicros(),
            outcome.overheadMicros()
        };
        lastStarted = open.startedMillis();
        for (int i = 0; i < COLUMNS; i++) {
            columns[i].add(numbers[i]);
        }
        RequestIds.write(intent.request(), request);
        @Nullable String id = outcome.providerRequestId();
        anyProviderRequest |= id != null;
        providerRequest.add(id == null ? "" : id);
        count++;
    }

    private static <T> int index(Map<T, Integer> known, List<T> list, T value) {
        @Nullable Integer index = known.putIfAbsent(value, list.size());
        if (index != null) {
            return index;
        }
        list.add(value);
        return list.size() - 1;
    }

    private UsageRecorded fact(long through, long assumedThrough) {
        String[] texts = new String[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            texts[i] = columns[i].text();
        }
        return new UsageRecorded(
                through,
                assumedThrough,
                count,
                callerList,
                lineList,
                request.toString(),
                new UsageRecorded.Columns(
                        texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], texts[6],
                        texts[7], texts[8], texts[9], texts[10], texts[11], texts[12], texts[13],
                        texts[14], texts[15]),
                anyProviderRequest ? providerRequest : List.of());
    }

    /** Gives every attempt of these facts, in order, with the fact; others are passed over. */
    public static void unpack(List<Recorded> facts, BiConsumer<Recorded, UsageRow> each) {
        for (Recorded recorded : facts) {
            if (recorded.fact() instanceof UsageRecorded usage) {
                unpack(usage, row -> each.accept(recorded, row));
            }
        }
    }

    /**
     * Gives every attempt of a fact, in order. Throws {@link IllegalArgumentException} when the
     * columns do not fit together.
     */
    public static void unpack(UsageRecorded fact, Consumer<UsageRow> each) {
        int count = fact.attempts();
        boolean ids = !fact.providerRequest().isEmpty();
        if (count < 1
                || count > UsageRecorded.MAX_ATTEMPTS
                || fact.request().length() != count * RequestIds.LENGTH
                || (ids && fact.providerRequest().size() != count)) {
            throw new IllegalArgumentException("the columns are not " + count + " long");
        }
        UsageRecorded.Columns from = fact.columns();
        NumberColumn.Reader[] columns = {
            new NumberColumn.Reader(from.caller()),
            new NumberColumn.Reader(from.line()),
            new NumberColumn.Reader(from.attempt()),
            new NumberColumn.Reader(from.started()),
            new NumberColumn.Reader(from.ending()),
            new NumberColumn.Reader(from.usageClass()),
            new NumberColumn.Reader(from.status()),
            new NumberColumn.Reader(from.input()),
            new NumberColumn.Reader(from.output()),
            new NumberColumn.Reader(from.cached()),
            new NumberColumn.Reader(from.reasoning()),
            new NumberColumn.Reader(from.cost()),
            new NumberColumn.Reader(from.upstream()),
            new NumberColumn.Reader(from.firstByte()),
            new NumberColumn.Reader(from.total()),
            new NumberColumn.Reader(from.overhead())
        };
        long started = 0;
        for (int i = 0; i < count; i++) {
            int caller = Math.toIntExact(columns[0].next());
            int line = Math.toIntExact(columns[1].next());
            int attempt = Math.toIntExact(columns[2].next());
            started += columns[3].next();
            each.accept(
                    new UsageRow(
                            fact.callers().get(caller),
                            fact.lines().get(line),
                            RequestIds.read(fact.request(), i * RequestIds.LENGTH),
                            attempt,
                            started,
                            Math.toIntExact(columns[4].next()),
                            Math.toIntExact(columns[5].next()),
                            Math.toIntExact(columns[6].next()),
                            columns[7].next(),
                            columns[8].next(),
                            columns[9].next(),
                            columns[10].next(),
                            columns[11].next(),
                            columns[12].next(),
                            columns[13].next(),
                            columns[14].next(),
                            columns[15].next(),
                            ids ? fact.providerRequest().get(i) : ""));
        }
        for (NumberColumn.Reader column : columns) {
            if (!column.ended()) {
                throw new IllegalArgumentException("a column is longer than " + count);
            }
        }
    }
}
