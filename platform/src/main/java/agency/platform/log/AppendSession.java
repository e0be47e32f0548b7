package agency.platform.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection a lane is appended through.
 *
 * <p>A connection that breaks after its call arrived and before its end did leaves a session that
 * holds the lane's lock and waits for a client who never comes back. So the next session ends its
 * predecessor first, and every session asks the server to notice by itself: a vanished client
 * within seconds, and from PostgreSQL 17 on a transaction that takes too long.
 */
final class AppendSession implements LaneAppender.Link {
    private static final int TRANSACTION_TIMEOUT_SINCE = 17;

    private static final Logger LOG = LoggerFactory.getLogger(AppendSession.class);

    private final Connection connection;
    private final AppendCall call;
    private final Backend backend;

    /** A session as the server knows it; its number alone may have been given to another since. */
    record Backend(int pid, OffsetDateTime since) {}

    /** Takes a connection over; {@code before} is the session that broke, if one did. */
    AppendSession(
            Connection connection,
            int lane,
            String function,
            int answerWithinMs,
            @Nullable Backend before)
            throws SQLException {
        this.connection = connection;
        try {
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, answerWithinMs);
            if (before != null) {
                end(before);
            }
            this.backend = watched(answerWithinMs);
            this.call = new AppendCall(connection, lane, function);
        } catch (SQLException e) {
            discard();
            throw e;
        }
    }

    private void end(Backend before) throws SQLException {
        try (PreparedStatement end =
                connection.prepareStatement(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ? AND"
                                + " backend_start = ?")) {
            end.setInt(1, before.pid);
            end.setObject(2, before.since);
            end.executeQuery().close();
        }
    }

    private Backend watched(int answerWithinMs) throws SQLException {
        boolean timed =
                connection.getMetaData().getDatabaseMajorVersion() >= TRANSACTION_TIMEOUT_SINCE;
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT a.pid, a.backend_start,"
                                        // Planned while the log is empty, generic plans over
                                        // anything
                                        // but indexes would scan tables that have grown since.
                                        + " set_config('plan_cache_mode', 'force_generic_plan',"
                                        + " false), set_config('enable_seqscan', 'off', false),"
                                        + " set_config('enable_hashjoin', 'off', false),"
                                        + " set_config('enable_mergejoin', 'off', false),"
                                        + " set_config('client_connection_check_interval', '1s',"
                                        + " false), set_config('tcp_keepalives_idle', '5', false),"
                                        + " set_config('tcp_keepalives_interval', '2', false),"
                                        + " set_config('tcp_keepalives_count', '3', false)"
                                        + (timed
                                                ? ", set_config('transaction_timeout', '"
                                                        + answerWithinMs
                                                        + "ms', false)"
                                                : "")
                                        + " FROM pg_stat_activity a WHERE a.pid ="
                                        + " pg_backend_pid()")) {
            row.next();
            return new Backend(row.getInt(1), row.getObject(2, OffsetDateTime.class));
        }
    }

    /** Sessions of one lane, each ending what the one before it may have left under way. */
    static LaneAppender.Links links(
            Supplier<DataSource> database, int lane, String function, int answerWithinMs) {
        return new LaneAppender.Links() {
            private @Nullable Backend before;

            @Override
            public LaneAppender.Link open() throws SQLException {
                AppendSession session =
                        new AppendSession(
                                database.get().getConnection(),
                                lane,
                                function,
                                answerWithinMs,
                                before);
                before = session.backend;
                return session;
            }
        };
    }

    @Override
    public AppendCall.Answers call(List<Prepared> requests) throws SQLException {
        return call.call(requests);
    }

    /** Gives a connection that still works back, without the settings of its own. */
    @Override
    public void close() {
        try (Statement statement = connection.createStatement()) {
            call.close();
            statement.execute("RESET ALL");
            connection.close();
        } catch (SQLException e) {
            discard();
        }
    }

    @Override
    public void discard() {
        try {
            connection.abort(Runnable::run);
            connection.close();
        } catch (SQLException e) {
            LOG.debug("giving up a connection failed", e);
        }
    }
}
