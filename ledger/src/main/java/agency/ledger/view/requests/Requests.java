package agency.ledger.view.requests;

import agency.kernel.fact.Recorded;
import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageFacts;
import agency.ledger.domain.usage.UsageRecorded;
import agency.ledger.domain.usage.UsageRow;
import agency.platform.projection.Projection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * A row for every attempt, written by COPY, in partitions by day. Days that are no longer kept are
 * neither written nor left.
 */
public final class Requests implements Projection {
    /** The projection's name. */
    public static final String NAME = "ledger.requests";

    private static final long DAY_MILLIS = 86_400_000L;
    private static final int FIELDS = 25;

    /** Facts written by one COPY, so that their rows take a few megabytes at most. */
    private static final int FACTS_AT_ONCE = 16;

    private static final String COPY =
            "COPY ledger.request (day, generation, request, attempt, tenant, project, key,"
                    + " provider, model, price, operation, ending, usage_class, status, started,"
                    + " input, output, cached, reasoning, cost_nanos, upstream_us, first_byte_us,"
                    + " total_us, overhead_us, provider_request) FROM STDIN (FORMAT binary)";

    private final InstantSource clock;
    private final int keptDays;

    /**
     * The projection.
     *
     * @param clock the time
     * @param keptDays how many days are kept
     */
    public Requests(InstantSource clock, int keptDays) {
        this.clock = clock;
        this.keptDays = keptDays;
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
    public Set<String> categories() {
        return Set.of(UsageFacts.JOURNALS);
    }

    /** The oldest day that is kept, in UTC. */
    public LocalDate oldestDay() {
        return LocalDate.ofEpochDay(today() - keptDays + 1);
    }

    /** Makes the partitions of today and tomorrow, and drops those that are no longer kept. */
    public int tidy(Handle sql) {
        sql.execute("SELECT ledger.make_request_day(?)", LocalDate.ofEpochDay(today()));
        sql.execute("SELECT ledger.make_request_day(?)", LocalDate.ofEpochDay(today() + 1));
        return sql.createQuery("SELECT ledger.drop_request_days(:before)")
                .bind("before", oldestDay())
                .mapTo(Integer.class)
                .one();
    }

    private long today() {
        return Math.floorDiv(clock.millis(), DAY_MILLIS);
    }

    @Override
    public void apply(List<Recorded> facts, Handle sql, int generation) {
        for (int from = 0; from < facts.size(); from += FACTS_AT_ONCE) {
            int to = Math.min(facts.size(), from + FACTS_AT_ONCE);
            copy(facts.subList(from, to), sql, generation);
        }
    }

    private void copy(List<Recorded> facts, Handle sql, int generation) {
        CopyBuffer rows = new CopyBuffer();
        Set<Long> days = new HashSet<>();
        long oldest = today() - keptDays + 1;
        for (Recorded recorded : facts) {
            if (recorded.fact() instanceof UsageRecorded usage) {
                UsageBatch.unpack(
                        usage,
                        row -> {
                            long day = Math.floorDiv(row.startedMillis(), DAY_MILLIS);
                            if (day >= oldest) {
                                days.add(day);
                                write(rows, row, day, generation);
                            }
                        });
            }
        }
        if (days.isEmpty()) {
            return;
        }
        rows.end();
        for (long day : days) {
            sql.execute("SELECT ledger.make_request_day(?)", LocalDate.ofEpochDay(day));
        }
        try {
            CopyIn copy =
                    new CopyManager(sql.getConnection().unwrap(BaseConnection.class)).copyIn(COPY);
            try {
                copy.writeToCopy(rows.array(), 0, rows.length());
                copy.endCopy();
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    private static void write(CopyBuffer to, UsageRow row, long day, int generation) {
        to.row(FIELDS);
        to.date(day);
        to.int4(generation);
        to.uuid(row.request());
        to.int4(row.attempt());
        to.int4(row.caller().tenant());
        to.uuid(row.caller().project());
        to.uuid(row.caller().key());
        to.text(row.line().provider());
        to.text(row.line().model());
        to.text(row.line().price());
        to.int2(row.line().operation().code());
        to.int2(row.ending());
        to.int2(row.usageClass());
        to.int2(row.status());
        to.timestamptz(row.startedMillis());
        to.int8(row.input());
        to.int8(row.output());
        to.int8(row.cached());
        to.int8(row.reasoning());
        if (row.costNanos() == Attempt.UNPRICED) {
            to.nothing();
        } else {
            to.int8(row.costNanos());
        }
        to.int8(row.upstreamMicros());
        to.int8(row.firstByteMicros());
        to.int8(row.totalMicros());
        to.int8(row.overheadMicros());
        to.text(row.providerRequest().isEmpty() ? null : row.providerRequest());
    }

    @Override
    public void forget(Handle sql, int generation) {
        sql.execute("DELETE FROM ledger.request WHERE generation = ?", generation);
    }
}
