package agency.platform.projection;

import agency.kernel.fact.Recorded;
import agency.platform.log.LogKit.Counted;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** Sums what was counted, by stream, in four shards; takes its time, so that it is met at work. */
final class SlowTotals implements Projection {
    static final String NAME = "test.slow-totals";
    static final String TABLE =
            "CREATE TABLE total (generation int, key text, sum bigint, PRIMARY KEY (generation,"
                    + " key))";

    private final long pauseMs;

    SlowTotals(long pauseMs) {
        this.pauseMs = pauseMs;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int revision() {
        return 1;
    }

    @Override
    public int shards() {
        return 4;
    }

    @Override
    public Set<String> categories() {
        return Set.of("test");
    }

    @Override
    public void apply(List<Recorded> facts, Handle sql, int generation) {
        Map<String, Long> sums = new TreeMap<>();
        for (Recorded fact : facts) {
            sums.merge(fact.stream().key(), (long) ((Counted) fact.fact()).by(), Long::sum);
        }
        try (PreparedStatement add =
                sql.getConnection()
                        .prepareStatement(
                                "INSERT INTO total VALUES (?, ?, ?) ON CONFLICT (generation, key)"
                                        + " DO UPDATE SET sum = total.sum + excluded.sum")) {
            for (Map.Entry<String, Long> sum : sums.entrySet()) {
                add.setInt(1, generation);
                add.setString(2, sum.getKey());
                add.setLong(3, sum.getValue());
                add.addBatch();
            }
            Thread.sleep(pauseMs);
            add.executeBatch();
        } catch (SQLException e) {
            throw new org.jdbi.v3.core.statement.UnableToExecuteStatementException(e, null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void forget(Handle sql, int generation) {
        sql.execute("DELETE FROM total WHERE generation = ?", generation);
    }
}
