package agency.ledger.view.usagebybudget;

import agency.kernel.fact.Recorded;
import agency.ledger.domain.budget.Charge;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageFacts;
import agency.ledger.domain.usage.UsageRow;
import agency.platform.projection.Projection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * What was charged to each account, by journal; and, under {@link #WHOLE_KEY}, all that a key ever
 * used, whatever it was charged to.
 */
public final class UsageByBudget implements Projection {
    /** The projection's name. */
    public static final String NAME = "ledger.usage-by-budget";

    /** The stretch under which everything that a key used stands. */
    static final long WHOLE_KEY = -1;

    /** Sums, so journals may come in any order. */
    private static final int SHARDS = 8;

    private static final String UPSERT =
            """
            INSERT INTO ledger.usage_by_budget AS u (generation, budget, stretch, journal, attempts, money, tokens)
            SELECT ?, b, s, j, a, m, t
              FROM unnest(?::uuid[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
                AS n(b, s, j, a, m, t)
             ORDER BY b, s, j -- or two processes could wait for each other's rows
            ON CONFLICT (generation, budget, stretch, journal)
            DO UPDATE SET attempts = u.attempts + excluded.attempts, money = u.money + excluded.money,
              tokens = u.tokens + excluded.tokens
            """;

    private record Account(UUID budget, long stretch, String journal) {}

    /** The projection. */
    public UsageByBudget() {}

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
        return SHARDS;
    }

    @Override
    public Set<String> categories() {
        return Set.of(UsageFacts.JOURNALS);
    }

    @Override
    public void apply(List<Recorded> facts, Handle sql, int generation) {
        Map<Account, long[]> sums = new HashMap<>();
        UsageBatch.unpack(facts, (recorded, row) -> add(sums, row, recorded.stream().key()));
        if (sums.isEmpty()) {
            return;
        }
        try {
            write(sums, sql.getConnection(), generation);
        } catch (SQLException e) {
            throw new org.jdbi.v3.core.statement.UnableToExecuteStatementException(e, null);
        }
    }

    private static void add(Map<Account, long[]> sums, UsageRow row, String journal) {
        add(sums, new Account(row.caller().key(), WHOLE_KEY, ""), row);
        for (String account : row.caller().budgets()) {
            add(sums, new Account(Charge.budget(account), Charge.from(account), journal), row);
        }
    }

    private static void add(Map<Account, long[]> sums, Account account, UsageRow row) {
        long[] sum = sums.computeIfAbsent(account, any -> new long[3]);
        sum[0]++;
        sum[1] += Math.max(0, row.costNanos());
        sum[2] += row.input() + row.output();
    }

    private static void write(Map<Account, long[]> sums, Connection connection, int generation)
            throws SQLException {
        int size = sums.size();
        UUID[] budgets = new UUID[size];
        Long[] stretches = new Long[size];
        String[] journals = new String[size];
        Long[][] numbers = new Long[3][size];
        int i = 0;
        for (Map.Entry<Account, long[]> entry : sums.entrySet()) {
            budgets[i] = entry.getKey().budget();
            stretches[i] = entry.getKey().stretch();
            journals[i] = entry.getKey().journal();
            for (int n = 0; n < numbers.length; n++) {
                numbers[n][i] = entry.getValue()[n];
            }
            i++;
        }
        try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
            int at = 1;
            statement.setInt(at++, generation);
            statement.setArray(at++, connection.createArrayOf("uuid", budgets));
            statement.setArray(at++, connection.createArrayOf("int8", stretches));
            statement.setArray(at++, connection.createArrayOf("text", journals));
            for (Long[] column : numbers) {
                statement.setArray(at++, connection.createArrayOf("int8", column));
            }
            statement.executeUpdate();
        }
    }

    @Override
    public void forget(Handle sql, int generation) {
        sql.execute("DELETE FROM ledger.usage_by_budget WHERE generation = ?", generation);
    }
}
