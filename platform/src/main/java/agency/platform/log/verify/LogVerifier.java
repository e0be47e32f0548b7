package agency.platform.log.verify;

import agency.kernel.fault.Fault;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Reads the whole log in one snapshot and compares everything in it that can be counted or hashed:
 * what {@code events verify} runs. Writing goes on meanwhile.
 */
public final class LogVerifier {
    private final Supplier<DataSource> database;
    private final Checkpoints checkpoints;
    private final BiPredicate<byte[], byte[]> same;

    /** A verifier of this database's log against these checkpoints. */
    public LogVerifier(Supplier<DataSource> database, Checkpoints checkpoints) {
        this(database, checkpoints, Arrays::equals);
    }

    /**
     * With another way of comparing a seal with what was hashed: for tests that prove what seals
     * protect.
     */
    LogVerifier(
            Supplier<DataSource> database,
            Checkpoints checkpoints,
            BiPredicate<byte[], byte[]> same) {
        this.same = same;
        this.database = database;
        this.checkpoints = checkpoints;
    }

    /** A question in SQL whose every row (lane, from, to, detail) is a finding. */
    private record Check(String what, String sql) {}

    private static final List<Check> CHECKS =
            List.of(
                    new Check(
                            "version-wrong",
                            """
                            SELECT lane, pos, pos, 'version ' || version || ' stands where '
                                || n || ' belongs'
                            FROM (SELECT lane, pos, stream_id, version, n,
                                    row_number() OVER (PARTITION BY stream_id ORDER BY pos) AS nth
                                  FROM (SELECT e.lane, e.pos, e.stream_id, e.version, row_number()
                                            OVER (PARTITION BY e.lane, e.stream_id ORDER BY e.pos)
                                            + coalesce(a.facts, 0) AS n
                                        FROM log.event e
                                          LEFT JOIN log.archived_stream a USING (stream_id)) e
                                  WHERE version <> n) w
                            WHERE nth = 1\
                            """),
                    new Check(
                            "stream-wrong",
                            """
                            SELECT s.lane, s.first_pos, coalesce(e.last, s.first_pos), 'stream '
                                || s.stream_id || ' says version ' || s.version || ', it has '
                                || coalesce(e.facts, 0) || ' facts'
                                || coalesce(' and ' || a.facts || ' in archives', '')
                            FROM log.stream s
                              LEFT JOIN log.archived_stream a USING (stream_id) LEFT JOIN (
                                SELECT stream_id, lane, count(*) AS facts, min(pos) AS first,
                                  max(pos) AS last, min(tenant) AS low, max(tenant) AS high
                                FROM log.event GROUP BY 1, 2) e
                              ON e.stream_id = s.stream_id AND e.lane = s.lane
                            WHERE e.facts + coalesce(a.facts, 0) IS DISTINCT FROM s.version::bigint
                              OR (e.first <> s.first_pos AND a.facts IS NULL) OR e.low <> s.tenant
                              OR e.high <> s.tenant\
                            """),
                    new Check(
                            "stream-missing",
                            """
                            SELECT e.lane, min(e.pos), max(e.pos), 'stream ' || e.stream_id
                                || ' is not known'
                            FROM log.event e LEFT JOIN log.stream s USING (stream_id)
                            WHERE s.stream_id IS NULL GROUP BY e.lane, e.stream_id\
                            """),
                    new Check(
                            "head-wrong",
                            """
                            SELECT l.lane, l.head, l.head, 'the lane''s last seal is not the one '
                                || 'that stands at its head'
                            FROM log.installation i CROSS JOIN log.lane l
                              LEFT JOIN log.seal s ON s.lane = l.lane AND s.pos = l.head
                            WHERE l.seal IS DISTINCT FROM CASE l.head
                              WHEN 0 THEN sha256(uuid_send(i.origin)) ELSE s.hash END\
                            """),
                    new Check(
                            "life-wrong",
                            """
                            SELECT l.lane, l.head, l.head, 'the lane is of another life of the log'
                            FROM log.installation i JOIN log.lane l
                              ON l.incarnation <> i.incarnation\
                            """),
                    new Check(
                            "key-wrong",
                            """
                            SELECT k.lane, k.pos, k.pos, 'the key of a repeated request names a '
                                || 'fact that is not there'
                            FROM log.event_key k LEFT JOIN log.event e
                              ON e.lane = k.lane AND e.pos = k.pos AND e.event_id = k.event_id
                                AND e.tenant = k.tenant
                            WHERE e.pos IS NULL AND k.pos > coalesce((SELECT max(a.to_pos)
                              FROM log.archive a WHERE a.lane = k.lane), 0)\
                            """),
                    new Check(
                            "key-missing",
                            """
                            SELECT e.lane, e.pos, e.pos, 'its request could be recorded twice'
                            FROM log.event e LEFT JOIN log.event_key k
                              ON k.tenant = e.tenant AND k.event_id = e.event_id
                            WHERE get_byte(e.meta, 0) & 2 = 2 AND k.pos IS NULL\
                            """),
                    new Check(
                            "archive-wrong",
                            """
                            SELECT a.lane, a.from_pos, a.to_pos, 'what was kept beside an archive '
                                || 'is not as it was'
                            FROM log.archive a WHERE a.to_pos = (SELECT max(b.to_pos)
                                FROM log.archive b WHERE b.lane = a.lane)
                              AND a.kept_sha256 <> log.kept_hash(a.lane, a.to_pos)\
                            """),
                    new Check(
                            "claim-wrong",
                            """
                            SELECT s.lane, e.pos, e.pos, 'a unique value stands as '
                                || CASE s.state WHEN 1 THEN 'claimed' ELSE 'free' END
                                || ', its last fact says otherwise'
                            FROM log.stream s
                              JOIN log.event e ON e.lane = s.lane AND e.stream_id = s.stream_id
                                AND e.version = s.version
                              JOIN log.event_type t ON t.type_id = e.type_id
                            WHERE s.category = 'unique'
                              AND (t.name = 'log.value.claimed') <> (s.state = 1)\
                            """));

    /**
     * Verifies; {@code progress} is told how far it has come. Throws a passing {@link Fault} when
     * the database goes away.
     */
    public Verdict verify(Consumer<Verdict.Progress> progress) {
        List<Verdict.Finding> findings = new ArrayList<>();
        try (Connection connection = database.get().getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                holdPartitions(connection);
                return verify(connection, findings, progress);
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw Fault.passing(
                    "log.verify-broken-off",
                    "The verification was broken off: the database went away or refused.",
                    Map.of("state", String.valueOf(e.getSQLState())),
                    e);
        }
    }

    /**
     * Keeps the partitions as they are until the transaction ends; to be its first word, before it
     * sees anything: else it would see one that was exchanged meanwhile as empty.
     */
    public static void holdPartitions(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE log.event IN ACCESS SHARE MODE");
        }
    }

    /**
     * Verifies what a transaction of the caller has written, without checkpoints: those are of
     * other lives.
     */
    public static Verdict verifyIn(Connection connection) throws SQLException {
        LogVerifier verifier =
                new LogVerifier(
                        () -> {
                            throw new IllegalStateException("the caller's connection is used");
                        },
                        new Checkpoints(Path.of("none")));
        return verifier.facts(connection, new ArrayList<>(), progress -> {});
    }

    /**
     * Hashes the facts of a lane that stand in another table again, from one seal to another, and
     * compares them with the seals of the log.
     *
     * @param table its name, ours
     * @param after the position of the seal before them, 0 at the beginning
     */
    public static List<Verdict.Finding> verifyStretch(
            Connection connection, String table, int lane, long after, long through)
            throws SQLException {
        List<Verdict.Finding> findings = new ArrayList<>();
        SealChain chain =
                new SealChain(
                        connection,
                        lane,
                        through,
                        types(connection),
                        Arrays::equals,
                        findings,
                        progress -> {});
        chain.walk(origin(connection), new SealChain.Stretch(table, after, through));
        return findings;
    }

    private static byte[] origin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT origin FROM log.installation")) {
            row.next();
            return bytes(row.getObject(1, UUID.class));
        }
    }

    private static Set<Integer> types(Connection connection) throws SQLException {
        Set<Integer> types = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT type_id FROM log.event_type")) {
            while (row.next()) {
                types.add(row.getInt(1));
            }
        }
        return types;
    }

    private Verdict verify(
            Connection connection,
            List<Verdict.Finding> findings,
            Consumer<Verdict.Progress> progress)
            throws SQLException {
        Verdict facts = facts(connection, findings, progress);
        Checkpoints.Kept kept = checkpoints.read();
        int compared = compare(connection, kept, facts.incarnation(), findings);
        int otherLives = kept.checkpoints().size() - compared;
        return new Verdict(
                facts.incarnation(),
                facts.events(),
                facts.seals(),
                facts.archived(),
                compared,
                otherLives,
                List.copyOf(findings));
    }

    private Verdict facts(
            Connection connection,
            List<Verdict.Finding> findings,
            Consumer<Verdict.Progress> progress)
            throws SQLException {
        UUID incarnation;
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT incarnation FROM log.installation")) {
            row.next();
            incarnation = row.getObject(1, UUID.class);
        }
        byte[] origin = origin(connection);
        Set<Integer> types = types(connection);
        long events = 0;
        long seals = 0;
        long archived = 0;
        for (long[] lane : lanes(connection)) {
            SealChain chain =
                    new SealChain(
                            connection, (int) lane[0], lane[1], types, same, findings, progress);
            chain.walk(origin, new SealChain.Stretch("log.event", lane[2], Long.MAX_VALUE));
            events += chain.events();
            seals += chain.seals();
            archived += lane[3];
        }
        for (Check check : CHECKS) {
            run(connection, check, findings);
        }
        return new Verdict(incarnation, events, seals, archived, 0, 0, List.copyOf(findings));
    }

    /** Each lane, its head, how far it is archived, and how many facts that are. */
    private static List<long[]> lanes(Connection connection) throws SQLException {
        List<long[]> lanes = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT l.lane, l.head, (SELECT coalesce(max(a.to_pos), 0) FROM"
                                        + " log.archive a WHERE a.lane = l.lane), (SELECT"
                                        + " coalesce(sum(a.facts), 0) FROM log.archived_stream a"
                                        + " JOIN log.stream s USING (stream_id) WHERE s.lane ="
                                        + " l.lane) FROM log.lane l ORDER BY 1")) {
            while (row.next()) {
                lanes.add(
                        new long[] {
                            row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)
                        });
            }
        }
        return lanes;
    }

    private static void run(Connection connection, Check check, List<Verdict.Finding> findings)
            throws SQLException {
        int left = Verdict.MAX_FINDINGS - findings.size();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(check.sql + " LIMIT " + left)) {
            while (row.next()) {
                findings.add(
                        new Verdict.Finding(
                                check.what,
                                row.getInt(1),
                                row.getLong(2),
                                row.getLong(3),
                                row.getString(4)));
            }
        }
    }

    /** Every checkpoint of this incarnation must still be a part of the log. */
    private int compare(
            Connection connection,
            Checkpoints.Kept kept,
            UUID incarnation,
            List<Verdict.Finding> findings)
            throws SQLException {
        for (Checkpoints.Bad bad : kept.bad()) {
            add(findings, "checkpoint-bad", 0, 0, 0, "line " + bad.line() + ": " + bad.why());
        }
        int compared = 0;
        try (PreparedStatement read =
                connection.prepareStatement(
                        "SELECT l.head, s.hash FROM log.lane l LEFT JOIN log.seal s ON s.lane ="
                                + " l.lane AND s.pos = ? WHERE l.lane = ?")) {
            for (Checkpoint checkpoint : kept.checkpoints()) {
                if (checkpoint.incarnation().equals(incarnation)) {
                    compared++;
                    for (Checkpoint.Lane lane : checkpoint.lanes()) {
                        compare(read, checkpoint, lane, findings);
                    }
                }
            }
        }
        types(connection, kept, incarnation, findings);
        return compared;
    }

    private static void compare(
            PreparedStatement read,
            Checkpoint checkpoint,
            Checkpoint.Lane lane,
            List<Verdict.Finding> findings)
            throws SQLException {
        if (lane.position() == 0) {
            return;
        }
        read.setLong(1, lane.position());
        read.setShort(2, (short) lane.lane());
        try (ResultSet row = read.executeQuery()) {
            long head = row.next() ? row.getLong(1) : 0;
            byte[] hash = head == 0 ? null : row.getBytes(2);
            if (head < lane.position()) {
                add(
                        findings,
                        "tail-cut",
                        lane.lane(),
                        head + 1,
                        lane.position(),
                        "a checkpoint of " + checkpoint.at() + " knows facts that are gone");
            } else if (hash == null || !Checkpoint.hex(hash).equals(lane.hash())) {
                add(
                        findings,
                        "history-rewritten",
                        lane.lane(),
                        1,
                        lane.position(),
                        "a checkpoint of " + checkpoint.at() + " knows another seal here");
            }
        }
    }

    private static void types(
            Connection connection,
            Checkpoints.Kept kept,
            UUID incarnation,
            List<Verdict.Finding> findings)
            throws SQLException {
        Set<Integer> seen = new HashSet<>();
        for (Checkpoint checkpoint : kept.checkpoints().reversed()) {
            if (checkpoint.incarnation().equals(incarnation) && seen.add(checkpoint.types())) {
                TypesHash now = TypesHash.of(connection, checkpoint.types());
                if (!now.hash().equals(checkpoint.typesHash())) {
                    add(
                            findings,
                            "types-rewritten",
                            0,
                            0,
                            0,
                            "a checkpoint of " + checkpoint.at() + " knows other types of facts");
                }
            }
        }
    }

    private static void add(
            List<Verdict.Finding> findings,
            String what,
            int lane,
            long from,
            long to,
            String detail) {
        if (findings.size() < Verdict.MAX_FINDINGS) {
            findings.add(new Verdict.Finding(what, lane, from, to, detail));
        }
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
