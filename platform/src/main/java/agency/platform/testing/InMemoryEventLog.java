package agency.platform.testing;

import agency.kernel.fact.FactType;
import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.id.IdSource;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.EventLog;
import agency.platform.log.Slice;
import agency.platform.log.codec.FactCodec;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The event log in memory, for tests of what stands on it: the same answers as the real one, with
 * one lane. Facts are written down and read back as they are stored. Claimed values are remembered,
 * but are no facts of their own.
 */
public final class InMemoryEventLog implements EventLog {
    /** Most facts it holds: a test that needs more needs the real one. */
    public static final int MAX_FACTS = 1_000_000;

    private final UUID incarnation;
    private final IdSource ids;
    private final Clock clock;
    private final Map<Class<?>, FactType<?>> types = new HashMap<>();
    private final FactCodec codec;
    private final List<Recorded> facts = new ArrayList<>();
    private final Map<StreamKey, List<Recorded>> streams = new HashMap<>();
    private final Map<KeyedId, Position> keyed = new HashMap<>();
    private final Map<ClaimedValue, StreamKey> holders = new HashMap<>();
    private final List<Runnable> wakes = new CopyOnWriteArrayList<>();

    private record StreamKey(int tenant, String category, String key) {
        static StreamKey of(StreamName stream) {
            return new StreamKey(stream.tenant(), stream.category(), stream.key());
        }
    }

    private record KeyedId(int tenant, UUID id) {}

    private record ClaimedValue(int tenant, String kind, String value) {}

    /** An empty log that knows these facts. */
    public InMemoryEventLog(List<FactType<?>> facts, IdSource ids, Clock clock) {
        this.ids = ids;
        this.clock = clock;
        this.incarnation = ids.next();
        this.codec = FactCodec.open(facts);
        facts.forEach(type -> types.put(type.type(), type));
    }

    @Override
    public CompletableFuture<Appended> append(Append append) {
        CompletableFuture<Appended> answer = new CompletableFuture<>();
        Appended appended = appended(append);
        Thread.startVirtualThread(() -> answer.complete(appended));
        if (appended instanceof Appended.Ok) {
            wakes.forEach(Runnable::run);
        }
        return answer;
    }

    private synchronized Appended appended(Append append) {
        StreamKey key = StreamKey.of(append.stream());
        List<Recorded> stream = streams.getOrDefault(key, List.of());
        refusePartition(append.stream(), stream);
        Appended refusal = refusal(append, key, stream);
        return refusal == null ? recorded(append, key) : refusal;
    }

    private @Nullable Appended refusal(Append append, StreamKey key, List<Recorded> stream) {
        int expected = append.expectedVersion();
        UUID id = append.id();
        if (expected == Append.ANY) {
            Position earlier = id == null ? null : keyed.get(new KeyedId(key.tenant, id));
            if (earlier != null) {
                return new Appended.Duplicate(earlier);
            }
        } else if (expected != stream.size()) {
            boolean again = expected < stream.size() && stream.get(expected).id().equals(id);
            return again
                    ? new Appended.Duplicate(stream.get(expected).position())
                    : new Appended.WrongVersion(stream.size());
        }
        for (Append.Claim claim : append.claims()) {
            StreamKey holder = holders.get(value(key, claim));
            boolean free = holder == null && claim.held();
            if (!free && !key.equals(holder)) {
                return new Appended.Taken(claim.kind());
            }
        }
        return null;
    }

    private Appended recorded(Append append, StreamKey key) {
        List<Recorded> stream = streams.computeIfAbsent(key, k -> new ArrayList<>());
        UUID first = append.id() == null ? ids.next() : append.id();
        UUID id = first;
        for (Record fact : append.facts()) {
            Recorded recorded =
                    new Recorded(
                            new Position(incarnation, 0, facts.size() + 1L),
                            append.stream(),
                            stream.size() + 1,
                            id,
                            type(fact),
                            now(),
                            append.meta(),
                            asStored(fact));
            if (facts.size() >= MAX_FACTS) {
                throw new IllegalStateException("more than " + MAX_FACTS + " facts in memory");
            }
            facts.add(recorded);
            stream.add(recorded);
            id = ids.next();
        }
        Position last = facts.getLast().position();
        if (append.expectedVersion() == Append.ANY) {
            Position at = facts.get(facts.size() - append.facts().size()).position();
            keyed.put(new KeyedId(key.tenant, first), at);
        }
        for (Append.Claim claim : append.claims()) {
            if (claim.held()) {
                holders.put(value(key, claim), key);
            } else {
                holders.remove(value(key, claim));
            }
        }
        return new Appended.Ok(stream.size(), last);
    }

    private Record asStored(Record fact) {
        FactType<?> type = type(fact);
        byte[] body = codec.encode(type, fact, FactCodec.nowhere()).body();
        return codec.decode(type, body, FactCodec.nowhere());
    }

    private Instant now() {
        Instant now = clock.instant();
        return facts.isEmpty() || now.isAfter(facts.getLast().recordedAt())
                ? now
                : facts.getLast().recordedAt();
    }

    private FactType<?> type(Record fact) {
        FactType<?> type = types.get(fact.getClass());
        if (type == null) {
            throw new IllegalArgumentException(
                    fact.getClass().getName()
                            + " is no fact of this log: every context lists its facts in its door");
        }
        return type;
    }

    private static void refusePartition(StreamName asked, List<Recorded> stream) {
        if (!stream.isEmpty()
                && !stream.getFirst().stream().partition().equals(asked.partition())) {
            throw new IllegalArgumentException(
                    "the stream lies in another partition than it was given: " + asked);
        }
    }

    private static ClaimedValue value(StreamKey key, Append.Claim claim) {
        return new ClaimedValue(key.tenant, claim.kind(), claim.value());
    }

    @Override
    public synchronized int version(StreamName stream) {
        return streams.getOrDefault(StreamKey.of(stream), List.of()).size();
    }

    @Override
    public synchronized List<Recorded> stream(StreamName stream, int afterVersion, int limit) {
        return streams.getOrDefault(StreamKey.of(stream), List.of()).stream()
                .skip(afterVersion)
                .limit(limit)
                .toList();
    }

    @Override
    public List<Recorded> lane(int lane, long after, int limit, Set<String> categories) {
        return lane(lane, after, Long.MAX_VALUE, limit, categories);
    }

    @Override
    public synchronized List<Recorded> lane(
            int lane, long after, long upTo, int limit, Set<String> categories, Slice slice) {
        Predicate<Recorded> wanted =
                fact ->
                        (categories.isEmpty() || categories.contains(fact.stream().category()))
                                && slice.which().contains(rest(fact.stream(), slice.of()));
        return facts.stream()
                .skip(after)
                .takeWhile(fact -> fact.position().value() <= upTo)
                .filter(wanted)
                .limit(limit)
                .toList();
    }

    private static int rest(StreamName stream, int of) {
        return Math.floorMod(StreamKey.of(stream).hashCode(), of);
    }

    @Override
    public synchronized List<Recorded> at(int lane, List<Long> positions) {
        return facts.stream().filter(fact -> positions.contains(fact.position().value())).toList();
    }

    @Override
    public synchronized Position head(int lane) {
        return new Position(incarnation, lane, facts.size());
    }

    @Override
    public int lanes() {
        return 1;
    }

    @Override
    public UUID incarnation() {
        return incarnation;
    }

    @Override
    public AutoCloseable onCommit(Runnable wake) {
        wakes.add(wake);
        return () -> wakes.remove(wake);
    }

    /** Every fact with its stream, oldest first, for a test's own eyes. */
    public synchronized Map<Position, Record> all() {
        Map<Position, Record> all = new LinkedHashMap<>();
        facts.forEach(fact -> all.put(fact.position(), fact.fact()));
        return all;
    }
}
