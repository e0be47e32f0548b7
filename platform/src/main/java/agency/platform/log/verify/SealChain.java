package agency.platform.log.verify;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Walks one lane from its first fact to its head and re-hashes it. A seal is SHA-256 over the seal
 * before it (at first over the log's origin), every stored column of the batch's facts in
 * PostgreSQL's binary record form, and the names of the streams that began with it.
 */
final class SealChain {
    /** Rows fetched at once. */
    private static final int FETCH = 2_000;

    /** Facts between two words of progress. */
    private static final int PROGRESS_EVERY = 20_000;

    private final Connection connection;
    private final int lane;
    private final long head;
    private final Set<Integer> types;
    private final BiPredicate<byte[], byte[]> same;
    private final List<Verdict.Finding> findings;
    private final Consumer<Verdict.Progress> progress;
    private final ByteArrayOutputStream facts = new ByteArrayOutputStream();
    private final ByteArrayOutputStream streams = new ByteArrayOutputStream();
    private long events;
    private long seals;
    private long last;
    private @Nullable OffsetDateTime lastAt;

    SealChain(
            Connection connection,
            int lane,
            long head,
            Set<Integer> types,
            BiPredicate<byte[], byte[]> same,
            List<Verdict.Finding> findings,
            Consumer<Verdict.Progress> progress) {
        this.connection = connection;
        this.lane = lane;
        this.head = head;
        this.types = types;
        this.same = same;
        this.findings = findings;
        this.progress = progress;
    }

    long events() {
        return events;
    }

    long seals() {
        return seals;
    }

    /**
     * A stretch of a lane whose facts are hashed again.
     *
     * @param table where they stand, a name of ours
     * @param after the position of the seal before it, 0 at the beginning
     * @param through the position of its last seal; {@link Long#MAX_VALUE} for the lane's end
     */
    record Stretch(String table, long after, long through) {}

    /** Goes along a stretch; {@code origin} is what the first seal of the lane was built on. */
    void walk(byte[] origin, Stretch stretch) throws SQLException {
        last = stretch.after;
        try (PreparedStatement readSeals =
                        query(
                                "SELECT pos, hash FROM log.seal WHERE lane = ? AND pos >= ? AND pos"
                                        + " <= ? ORDER BY pos",
                                stretch);
                PreparedStatement readFacts =
                        query(
                                "SELECT pos, type_id, recorded_at, record_send(ROW(pos, tenant,"
                                    + " stream_id, version, type_id, schema_ver, event_id, key_id,"
                                    + " recorded_at, meta, body)) FROM "
                                        + stretch.table
                                        + " WHERE lane = ? AND pos > ? AND pos <= ? ORDER BY pos",
                                stretch);
                PreparedStatement readStreams =
                        query(
                                "SELECT first_pos, record_send(ROW(stream_id, tenant,"
                                    + " convert_to(category, 'UTF8'), convert_to(key, 'UTF8'),"
                                    + " convert_to(partition, 'UTF8'), first_pos)) FROM log.stream"
                                    + " WHERE lane = ? AND first_pos > ? AND first_pos <= ? ORDER"
                                    + " BY first_pos",
                                stretch);
                ResultSet seal = readSeals.executeQuery();
                ResultSet fact = readFacts.executeQuery();
                ResultSet stream = readStreams.executeQuery()) {
            byte[] previous = before(origin, stretch, seal);
            boolean moreFacts = fact.next();
            boolean moreStreams = stream.next();
            while (seal.next()) {
                long from = last + 1;
                long to = seal.getLong(1);
                facts.reset();
                streams.reset();
                while (moreFacts && fact.getLong(1) <= to) {
                    take(fact);
                    moreFacts = fact.next();
                }
                missing(to);
                while (moreStreams && stream.getLong(1) <= to) {
                    streams.writeBytes(stream.getBytes(2));
                    moreStreams = stream.next();
                }
                byte[] hash = seal.getBytes(2);
                if (!same.test(
                        hash, sha256(previous, facts.toByteArray(), streams.toByteArray()))) {
                    broken(from, to);
                }
                // Going on from the stored seal shows later damage as damage of its own.
                previous = hash;
                last = to;
                seals++;
            }
            if (stretch.through == Long.MAX_VALUE) {
                end(fact, moreFacts);
            } else {
                missing(stretch.through);
            }
        }
    }

    /** The seal that the stretch goes on from. */
    private byte[] before(byte[] origin, Stretch stretch, ResultSet seals) throws SQLException {
        if (stretch.after == 0) {
            return sha256(origin, new byte[0], new byte[0]);
        }
        if (seals.next() && seals.getLong(1) == stretch.after) {
            return seals.getBytes(2);
        }
        found("seal-missing", stretch.after, stretch.after, "the seal of an archive is gone");
        return new byte[0];
    }

    private void take(ResultSet fact) throws SQLException {
        long position = fact.getLong(1);
        missing(position - 1);
        last = position;
        if (!types.contains(fact.getInt(2))) {
            found("type-unknown", position, position, "its type is not registered");
        }
        OffsetDateTime at = fact.getObject(3, OffsetDateTime.class);
        if (lastAt != null && at.isBefore(lastAt)) {
            found("time-ran-back", position, position, "it was recorded before the one before it");
        }
        lastAt = at;
        facts.writeBytes(fact.getBytes(4));
        events++;
        if (events % PROGRESS_EVERY == 0) {
            progress.accept(new Verdict.Progress(lane, position, head));
        }
    }

    private void missing(long upTo) {
        if (last < upTo) {
            found("fact-missing", last + 1, upTo, "positions are dense, but nothing stands here");
            last = upTo;
        }
    }

    private void end(ResultSet fact, boolean more) throws SQLException {
        long sealed = last;
        boolean unsealed = more;
        while (more) {
            take(fact);
            more = fact.next();
        }
        if (unsealed) {
            found("seal-missing", sealed + 1, last, "these facts are not sealed");
        }
        if (head != last) {
            found(
                    "head-wrong",
                    Math.min(head, last) + 1,
                    Math.max(head, last),
                    "the lane's head says " + head + ", its facts end at " + last);
        }
        progress.accept(new Verdict.Progress(lane, last, head));
    }

    /** Damage that goes on is one finding, or that of one lane would leave no room for others. */
    private void broken(long from, long to) {
        String what = "seal-broken";
        long since = from;
        if (!findings.isEmpty()) {
            Verdict.Finding before = findings.getLast();
            if (before.what().equals(what) && before.lane() == lane && before.to() + 1 == from) {
                since = before.from();
                findings.removeLast();
            }
        }
        found(what, since, to, "what is stored here is not what was sealed when it was recorded");
    }

    private void found(String what, long from, long to, String detail) {
        if (findings.size() < Verdict.MAX_FINDINGS) {
            findings.add(new Verdict.Finding(what, lane, from, to, detail));
        }
    }

    private PreparedStatement query(String sql, Stretch stretch) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setFetchSize(FETCH);
        statement.setShort(1, (short) lane);
        statement.setLong(2, stretch.after);
        statement.setLong(3, stretch.through);
        return statement;
    }

    static byte[] sha256(byte[] previous, byte[] facts, byte[] streams) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(previous);
            digest.update(facts);
            return digest.digest(streams);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
