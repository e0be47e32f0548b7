package agency.platform.log;

import agency.kernel.fact.FactType;
import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.kernel.id.IdSource;
import agency.platform.crypto.SealedBox;
import agency.platform.house.Part;
import agency.platform.log.codec.FactCodec;
import agency.platform.log.codec.PersonalKeys;
import agency.platform.log.codec.PersonalTexts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * The event log on PostgreSQL 15 or newer. Positions are dense and in commit order within their
 * lane; what was answered {@link Appended.Ok} is durable.
 *
 * <p>Needs the migrations under {@code db/log} (schema {@code log}) before it starts.
 */
public final class PostgresEventLog implements EventLog, Part {
    /** The schema its migrations make; they grant the runtime role what it may. */
    public static final String SCHEMA = "log";

    /** Where its migrations lie. */
    public static final String MIGRATIONS = "db/log";

    private static final String APPEND = "log.append";

    private final Supplier<DataSource> database;
    private final LogSettings settings;
    private final IdSource ids;
    private final TypeTable types;
    private final PersonalKeys keys;
    private final FactCodec codec;
    private final LogReader reader;
    private final String function;
    private volatile Running running = Running.NOT;

    /** What exists between start and close. */
    private record Running(
            UUID incarnation,
            long partition,
            List<LaneAppender> lanes,
            List<Recent> recent,
            List<CommitWatch> watch,
            List<UniqueValues> unique) {
        static final Running NOT =
                new Running(new UUID(0, 0), 1, List.of(), List.of(), List.of(), List.of());
    }

    /**
     * A log in this database.
     *
     * @param database gives connections, asked at start and after
     * @param facts every fact of every context, from their doors
     * @param master seals the keys of personal texts
     * @param ids gives the ids of facts whose append has none
     */
    public PostgresEventLog(
            Supplier<DataSource> database,
            LogSettings settings,
            List<FactType<?>> facts,
            Supplier<SealedBox> master,
            IdSource ids) {
        this(database, settings, facts, master, ids, APPEND);
    }

    /** With another SQL function than ours: for tests that prove what ours protects. */
    PostgresEventLog(
            Supplier<DataSource> database,
            LogSettings settings,
            List<FactType<?>> facts,
            Supplier<SealedBox> master,
            IdSource ids,
            String function) {
        this.database = database;
        this.settings = settings;
        this.ids = ids;
        this.types = new TypeTable(facts);
        this.keys = new PersonalKeys(database, master);
        this.codec = new FactCodec(types.all(), keys);
        this.reader = new LogReader(database, types, codec);
        this.function = function;
    }

    @Override
    public String name() {
        return "log";
    }

    @Override
    public String purpose() {
        return "appends facts durably and in order, and reads them back";
    }

    @Override
    public List<String> uses() {
        return List.of("database");
    }

    @Override
    public void start() {
        try (Connection connection = database.get().getConnection()) {
            try (PreparedStatement install =
                    connection.prepareStatement("SELECT log.install(?, ?)")) {
                install.setShort(1, (short) settings.lanes());
                install.setLong(2, settings.partitionPositions());
                install.executeQuery().close();
            }
            types.register(connection);
            try (PreparedStatement read =
                            connection.prepareStatement(
                                    "SELECT incarnation, lanes, lane_hash, partition_positions FROM"
                                            + " log.installation");
                    ResultSet row = read.executeQuery()) {
                row.next();
                if (!row.getString(3).equals(LaneHash.NAME)) {
                    throw Fault.lasting(
                            "log.lane-hash-unknown",
                            "This log picks lanes in a way that this program does not know.",
                            Map.of("hash", row.getString(3)),
                            null);
                }
                run(row.getObject(1, UUID.class), row.getInt(2), row.getLong(4));
            }
        } catch (SQLException e) {
            throw Passing.is(e)
                    ? LogReader.unreachable(e)
                    : Fault.lasting(
                            "log.cannot-start",
                            "The log cannot be set up in this database.",
                            Map.of("state", String.valueOf(e.getSQLState())),
                            e);
        }
    }

    private void run(UUID incarnation, int lanes, long partition) {
        CommitWatch watch =
                new CommitWatch(lanes, incarnation, () -> reader.heads(lanes), this::reborn);
        List<LaneAppender> appenders = new ArrayList<>();
        List<Recent> recents = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            int number = lane;
            Recent recent = new Recent();
            recents.add(recent);
            PartitionsAhead ahead = new PartitionsAhead(database, partition);
            appenders.add(
                    new LaneAppender(
                            lane,
                            AppendSession.links(
                                    database, lane, function, settings.answerWithinMs()),
                            settings,
                            (life, before, head, categories) -> {
                                ahead.reached(head);
                                recent.committed(life, before, head, categories);
                                watch.committed(life, number, head);
                            }));
        }
        running =
                new Running(
                        incarnation,
                        partition,
                        List.copyOf(appenders),
                        List.copyOf(recents),
                        List.of(watch),
                        List.of(new UniqueValues(keys.secret("unique"))));
        appenders.forEach(LaneAppender::start);
        watch.start();
    }

    /**
     * Another life of the log: the numbers of types, streams and keys may mean something else in
     * it. They are learned anew before anything is written down for it; what was written down
     * before is refused by {@code log.append}.
     */
    private synchronized void reborn(UUID incarnation) {
        Running was = running;
        try (Connection connection = database.get().getConnection()) {
            types.register(connection);
        } catch (SQLException e) {
            throw LogReader.unreachable(e);
        }
        keys.forget();
        if (!was.lanes.isEmpty()) {
            running =
                    new Running(
                            incarnation,
                            was.partition,
                            was.lanes,
                            was.recent,
                            was.watch,
                            was.unique);
        }
    }

    @Override
    public CompletableFuture<Appended> append(Append append) {
        CompletableFuture<Appended> answer = new CompletableFuture<>();
        Running now = started();
        int lane = LaneHash.lane(append.stream().partition(), now.lanes.size());
        now.lanes.get(lane).submit(prepare(now, append, answer));
        return answer;
    }

    private Prepared prepare(Running now, Append append, CompletableFuture<Appended> answer) {
        UUID first = append.id() == null ? ids.next() : append.id();
        List<Prepared.Row> rows = new ArrayList<>(1 + append.claims().size());
        boolean keyed = append.expectedVersion() == Append.ANY;
        rows.add(
                new Prepared.Row(
                        append.stream(),
                        append.expectedVersion(),
                        Prepared.REQUEST,
                        null,
                        first,
                        written(append, append.facts(), first, 0, keyed)));
        int used = append.facts().size();
        for (Append.Claim claim : append.claims()) {
            UniqueValues unique = now.unique.getFirst();
            rows.add(
                    new Prepared.Row(
                            unique.stream(append.stream(), claim),
                            Append.ANY - 1,
                            claim.held() ? Prepared.CLAIM : Prepared.RELEASE,
                            claim.kind(),
                            Prepared.following(first, used),
                            written(
                                    append,
                                    List.of(unique.fact(append.stream(), claim)),
                                    first,
                                    used,
                                    false)));
            used++;
        }
        int bytes = 0;
        for (Prepared.Row row : rows) {
            for (Prepared.Written fact : row.facts()) {
                bytes += fact.body().length + fact.meta().length + 40;
            }
        }
        return new Prepared(now.incarnation, rows, append.id() != null, bytes, answer);
    }

    private List<Prepared.Written> written(
            Append append, List<? extends Record> facts, UUID first, int used, boolean keyed) {
        byte[] meta = MetaCodec.encode(append.meta(), false);
        List<Prepared.Written> written = new ArrayList<>(facts.size());
        for (int i = 0; i < facts.size(); i++) {
            UUID id = Prepared.following(first, used + i);
            TypeTable.Numbered type = types.of(facts.get(i));
            FactCodec.Encoded encoded =
                    codec.encode(
                            type.type(),
                            facts.get(i),
                            new PersonalTexts.Place(append.stream().tenant(), id));
            written.add(
                    new Prepared.Written(
                            type.number(),
                            type.type().version(),
                            id,
                            encoded.keyId(),
                            keyed && i == 0 ? MetaCodec.encode(append.meta(), true) : meta,
                            encoded.body()));
        }
        return written;
    }

    @Override
    public long archivedThrough(int lane) {
        return reader.archivedThrough(lane);
    }

    @Override
    public int version(StreamName stream) {
        return reader.version(started().incarnation, stream);
    }

    @Override
    public List<Recorded> stream(StreamName stream, int afterVersion, int limit) {
        return reader.stream(started().incarnation, stream, afterVersion, limit);
    }

    @Override
    public List<Recorded> lane(int lane, long after, int limit, Set<String> categories) {
        return lane(lane, after, Long.MAX_VALUE, limit, categories);
    }

    @Override
    public List<Recorded> lane(
            int lane, long after, long upTo, int limit, Set<String> categories, Slice slice) {
        return reader.lane(started().incarnation, lane, after, upTo, limit, categories, slice);
    }

    @Override
    public List<Recorded> at(int lane, List<Long> positions) {
        return positions.isEmpty() ? List.of() : reader.at(started().incarnation, lane, positions);
    }

    @Override
    public Position head(int lane) {
        Running now = started();
        LogReader.Heads heads = reader.heads(now.lanes.size());
        return new Position(heads.incarnation(), lane, heads.heads()[lane]);
    }

    @Override
    public Position seen(int lane) {
        LogReader.Heads seen = started().watch.getFirst().seen();
        return new Position(seen.incarnation(), lane, seen.heads()[lane]);
    }

    @Override
    public boolean mayHold(int lane, long after, Position upTo, Set<String> categories) {
        return started()
                .recent
                .get(lane)
                .mayHold(upTo.incarnation(), after, upTo.value(), categories);
    }

    @Override
    public int lanes() {
        return started().lanes.size();
    }

    @Override
    public UUID incarnation() {
        return started().incarnation;
    }

    @Override
    public AutoCloseable onCommit(Runnable wake) {
        return started().watch.getFirst().onCommit(wake);
    }

    /** The keys of personal texts, for erasing people. */
    public PersonalKeys keys() {
        return keys;
    }

    /** Every type of fact this log knows in its newest version, its own among them. */
    public List<FactType<?>> facts() {
        return types.all();
    }

    private Running started() {
        Running now = running;
        if (now.lanes.isEmpty()) {
            throw Fault.passing("log.stopped", "The log is not started.", Map.of(), null);
        }
        return now;
    }

    @Override
    public void close() {
        Running was = running;
        was.lanes.forEach(LaneAppender::close);
        was.watch.forEach(CommitWatch::close);
        synchronized (this) {
            running = Running.NOT;
        }
    }
}
