package agency.platform.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Reads the trail, newest first. */
public final class AuditQuery {
    private static final int TIMEOUT_SECONDS = 10;

    private final Jdbi jdbi;
    private final IntSupplier generation;

    /** Reads here, in the generation that counts. */
    public AuditQuery(Jdbi jdbi, IntSupplier generation) {
        this.jdbi = jdbi;
        this.generation = generation;
    }

    /** Where a row stands in the order. */
    public record Place(Instant at, int lane, long pos) {}

    /**
     * What is wanted; what is null is of no account.
     *
     * @param tenant whose
     * @param from not before this moment
     * @param until before this moment
     * @param actor by this key, session or part
     * @param person by whatever acts for this person
     * @param action this, or what begins with it and a dot
     * @param target about this
     * @param refused refusals only, or none
     * @param before after this row in the order
     */
    public record Asked(
            @Nullable Integer tenant,
            @Nullable Instant from,
            @Nullable Instant until,
            @Nullable String actor,
            @Nullable UUID person,
            @Nullable String action,
            @Nullable String target,
            @Nullable Boolean refused,
            @Nullable Place before) {
        /** The same, from after this row on. */
        public Asked after(Place place) {
            return new Asked(tenant, from, until, actor, person, action, target, refused, place);
        }
    }

    /** One thing that was done or refused. */
    public record Entry(
            Place place,
            int tenant,
            String action,
            String actor,
            @Nullable UUID person,
            @Nullable String targetKind,
            @Nullable String target,
            @Nullable String reason,
            int times,
            @Nullable String network,
            UUID correlation,
            UUID fact) {}

    /** The newest that are wanted, at most {@code limit}. */
    public List<Entry> newest(Asked asked, int limit) {
        StringBuilder where = new StringBuilder("e.generation = :generation");
        Map<String, Object> values = new HashMap<>();
        values.put("generation", generation.getAsInt());
        also(where, values, " AND e.tenant = :tenant", "tenant", asked.tenant());
        also(where, values, " AND e.at >= :from", "from", asked.from());
        also(where, values, " AND e.at < :until", "until", asked.until());
        also(where, values, " AND e.actor = :actor", "actor", asked.actor());
        also(
                where,
                values,
                " AND (e.person = :person OR a.person = :person)",
                "person",
                asked.person());
        also(where, values, " AND e.target = :target", "target", asked.target());
        also(
                where,
                values,
                " AND (e.action = :action OR starts_with(e.action, :action || '.'))",
                "action",
                asked.action());
        Boolean refused = asked.refused();
        if (refused != null) {
            where.append(" AND e.reason IS ").append(refused ? "NOT NULL" : "NULL");
        }
        Place before = asked.before();
        if (before != null) {
            where.append(" AND (e.at, e.lane, e.pos) < (:at, :lane, :pos)");
            values.put("at", before.at());
            values.put("lane", (short) before.lane());
            values.put("pos", before.pos());
        }
        return jdbi.withHandle(handle -> {
            Query query =
                    handle.createQuery(
                                    "SELECT e.*, coalesce(e.person, a.person) AS acting"
                                            + " FROM audit.entry e LEFT JOIN audit.actor a ON"
                                            + " a.generation = e.generation AND a.actor = e.actor"
                                            + " WHERE "
                                            + where
                                            + " ORDER BY e.at DESC, e.lane DESC, e.pos DESC LIMIT "
                                            + limit)
                            .setQueryTimeout(TIMEOUT_SECONDS);
            values.forEach(query::bind);
            return query.map((row, context) -> entry(row)).list();
        });
    }

    private static void also(
            StringBuilder where,
            Map<String, Object> values,
            String condition,
            String name,
            @Nullable Object value) {
        if (value != null) {
            where.append(condition);
            values.put(name, value);
        }
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                new Place(
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getInt("lane"),
                        row.getLong("pos")),
                row.getInt("tenant"),
                row.getString("action"),
                row.getString("actor"),
                row.getObject("acting", UUID.class),
                row.getString("target_kind"),
                row.getString("target"),
                row.getString("reason"),
                row.getInt("times"),
                row.getString("network"),
                row.getObject("correlation", UUID.class),
                row.getObject("fact", UUID.class));
    }
}
