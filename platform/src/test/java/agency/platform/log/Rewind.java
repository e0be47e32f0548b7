package agency.platform.log;

import agency.kernel.fact.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/** Takes a log back to an earlier position, as a restore or a failover does that lost its tail. */
public final class Rewind {
    private Rewind() {}

    /**
     * Takes lanes back in one transaction: facts, seals, streams, and the numbers that streams will
     * be given.
     *
     * @param heads where each lane ends then
     * @param reborn whether a new life of the log begins, as it must
     */
    public static void to(DataSource owner, Iterable<Position> heads, boolean reborn)
            throws SQLException {
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (Position head : heads) {
                String lane = " WHERE lane = " + head.lane();
                for (String table : List.of("event", "seal", "event_key")) {
                    statement.execute(
                            "DELETE FROM log." + table + lane + " AND pos > " + head.value());
                }
                statement.execute(
                        "DELETE FROM log.stream" + lane + " AND first_pos > " + head.value());
                statement.execute(
                        "UPDATE log.lane l SET head = "
                                + head.value()
                                + ", seal = (SELECT s.hash FROM log.seal s WHERE s.lane = l.lane"
                                + " AND s.pos = "
                                + head.value()
                                + ")"
                                + lane);
            }
            statement.execute(
                    "UPDATE log.stream s SET version = (SELECT count(*) FROM log.event e WHERE"
                            + " e.stream_id = s.stream_id)");
            statement.execute(
                    "SELECT setval('log.stream_stream_id_seq', (SELECT max(stream_id) FROM"
                            + " log.stream))");
            if (reborn) {
                statement.execute("SELECT log.begin_life()");
            }
            connection.commit();
        }
    }
}
