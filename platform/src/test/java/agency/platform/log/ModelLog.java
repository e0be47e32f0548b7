package agency.platform.log;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.platform.log.LogKit.Counted;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * One process's log over a model of PostgreSQL, in the time of a simulation: what appends is the
 * product's own lane appender, what answers it is the model.
 */
public final class ModelLog implements EventLog {
    /** The one lane's table, and what a connection to it may suffer. */
    public static final class Table {
        /** The life of the log. */
        public static final UUID LIFE = new UUID(1, 1);

        private final List<Recorded> facts = new ArrayList<>();
        private final Map<StreamName, List<Recorded>> streams = new HashMap<>();
        private final Map<UUID, Recorded> keyed = new HashMap<>();
        private final List<StreamName> numbers = new ArrayList<>();
        private final boolean finds;

        /**
         * An empty table.
         *
         * @param finds whether repeated requests are recognised by their ids; false to see what
         *     that protects
         */
        public Table(boolean finds) {
            this.finds = finds;
        }

        /** Every fact, in order. */
        public List<Recorded> facts() {
            return facts;
        }

        /** The number of a stream: from which its shard follows. */
        public int number(StreamName stream) {
            return numbers.indexOf(stream);
        }

        private AppendCall.Answers append(List<Prepared> requests) {
            int size = requests.size();
            long[] status = new long[size];
            long[] version = new long[size];
            long[] position = new long[size];
            for (int i = 0; i < size; i++) {
                Prepared.Row row = requests.get(i).rows().getFirst();
                List<Recorded> stream =
                        streams.computeIfAbsent(row.stream(), any -> new ArrayList<>());
                Recorded known = before(row, stream);
                if (known != null && finds) {
                    status[i] = 2;
                    version[i] = known.version();
                    position[i] = known.position().value();
                } else if (row.expected() >= 0 && row.expected() != stream.size()) {
                    status[i] = 1;
                    version[i] = stream.size();
                } else {
                    record(row, stream);
                    version[i] = stream.size();
                    position[i] = facts.size();
                }
            }
            return new AppendCall.Answers(facts.size(), status, version, position);
        }

        private Recorded before(Prepared.Row row, List<Recorded> stream) {
            if (row.expected() < 0) {
                return keyed.get(row.id());
            }
            boolean there = row.expected() < stream.size();
            return there && stream.get(row.expected()).id().equals(row.id())
                    ? stream.get(row.expected())
                    : null;
        }

        private void record(Prepared.Row row, List<Recorded> stream) {
            if (stream.isEmpty()) {
                numbers.add(row.stream());
            }
            for (Prepared.Written written : row.facts()) {
                Recorded fact =
                        new Recorded(
                                new Position(LIFE, 0, facts.size() + 1L),
                                row.stream(),
                                stream.size() + 1,
                                written.id(),
                                LogKit.FACTS.getFirst(),
                                Instant.EPOCH,
                                LogKit.meta(),
                                new Counted(
                                        Integer.parseInt(
                                                new String(
                                                        written.body(),
                                                        StandardCharsets.US_ASCII))));
                facts.add(fact);
                stream.add(fact);
                if (row.expected() < 0) {
                    keyed.put(written.id(), fact);
                }
            }
        }
    }

    /** Lets others go on and time go by, while this process waits. */
    public interface Passing {
        /** At most so many milliseconds; now and then. */
        void by(long atMostMs);
    }

    private final Table table;
    private final Random random;
    private final Passing passing;
    private final LaneAppender appender;
    private final List<Runnable> wakes = new ArrayList<>();
    private long seen;

    /** A process's log on a table. */
    public ModelLog(Table table, Random random, LongSupplier nanos, Passing passing) {
        this.table = table;
        this.random = random;
        this.passing = passing;
        this.appender =
                new LaneAppender(
                        0,
                        Link::new,
                        new LogSettings(1, 1L << 20, 1_000, 1_000, 60_000),
                        (life, before, head, categories) -> seen = Math.max(seen, head),
                        new LaneAppender.Time(nanos, passing::by, Runnable::run));
    }

    /** A connection that breaks before the server has it, or after. */
    private final class Link implements LaneAppender.Link {
        @Override
        public AppendCall.Answers call(List<Prepared> requests) throws SQLException {
            passing.by(20);
            int fate = random.nextInt(20);
            if (fate == 0) {
                throw new SQLException("broken on the way there", "08006");
            }
            AppendCall.Answers answers = table.append(requests);
            passing.by(20);
            if (fate == 1) {
                throw new SQLException("broken on the way back", "08006");
            }
            return answers;
        }

        @Override
        public void close() {}

        @Override
        public void discard() {}
    }

    /** Commits what waits; whether there was something. */
    public boolean turn() throws InterruptedException {
        return appender.turn(0);
    }

    /** Sees how far others have come. */
    public void poll() {
        seen = Math.max(seen, table.facts.size());
        wakes.forEach(Runnable::run);
    }

    @Override
    public CompletableFuture<Appended> append(Append append) {
        CompletableFuture<Appended> answer = new CompletableFuture<>();
        UUID id =
                append.id() == null ? new UUID(random.nextLong(), random.nextLong()) : append.id();
        List<Prepared.Written> written = new ArrayList<>();
        for (Record fact : append.facts()) {
            byte[] body =
                    Integer.toString(((Counted) fact).by()).getBytes(StandardCharsets.US_ASCII);
            written.add(
                    new Prepared.Written(
                            1, 1, Prepared.following(id, written.size()), 0, new byte[0], body));
        }
        appender.submit(
                new Prepared(
                        Table.LIFE,
                        List.of(
                                new Prepared.Row(
                                        append.stream(),
                                        append.expectedVersion(),
                                        Prepared.REQUEST,
                                        null,
                                        id,
                                        written)),
                        append.id() != null,
                        10,
                        answer));
        return answer;
    }

    @Override
    public int version(StreamName stream) {
        return table.streams.getOrDefault(stream, List.of()).size();
    }

    @Override
    public List<Recorded> stream(StreamName stream, int afterVersion, int limit) {
        return table.streams.getOrDefault(stream, List.of()).stream()
                .skip(afterVersion)
                .limit(limit)
                .toList();
    }

    @Override
    public List<Recorded> lane(int lane, long after, int limit, Set<String> categories) {
        return lane(lane, after, Long.MAX_VALUE, limit, categories);
    }

    @Override
    public List<Recorded> lane(
            int lane, long after, long upTo, int limit, Set<String> categories, Slice slice) {
        List<Recorded> read =
                table.facts.stream()
                        .skip(after)
                        .takeWhile(fact -> fact.position().value() <= upTo)
                        .filter(fact ->
                                categories.isEmpty()
                                        || categories.contains(fact.stream().category()))
                        .filter(fact ->
                                slice.which().contains(table.number(fact.stream()) % slice.of()))
                        .limit(limit)
                        .toList();
        passing.by(20);
        return read;
    }

    @Override
    public List<Recorded> at(int lane, List<Long> positions) {
        return positions.stream().map(one -> table.facts.get((int) (one - 1))).toList();
    }

    @Override
    public Position head(int lane) {
        seen = table.facts.size();
        return seen(lane);
    }

    @Override
    public Position seen(int lane) {
        return new Position(Table.LIFE, lane, seen);
    }

    @Override
    public int lanes() {
        return 1;
    }

    @Override
    public UUID incarnation() {
        return Table.LIFE;
    }

    @Override
    public AutoCloseable onCommit(Runnable wake) {
        wakes.add(wake);
        return () -> wakes.remove(wake);
    }
}
