package agency.platform.audit;

import agency.kernel.fact.Recorded;
import agency.platform.projection.Projection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** A row for each fact of administration and each kind of refusal. */
public final class AuditTrail implements Projection {
    /** The projection's name. */
    public static final String NAME = "audit.trail";

    /** Each fact has a row of its own. */
    private static final int SHARDS = 8;

    private final Set<String> categories;
    private final Predicate<Record> administers;
    private final Function<Record, Optional<Acting>> acting;

    /**
     * A person acts by this from now on.
     *
     * @param actor the id of a key or a session
     */
    public record Acting(String actor, UUID person) {}

    /**
     * The projection.
     *
     * @param categories whose streams are of administration
     * @param administers which of their facts are acts of administration; pure
     * @param acting which facts give a person something to act by; pure
     */
    public AuditTrail(
            Set<String> categories,
            Predicate<Record> administers,
            Function<Record, Optional<Acting>> acting) {
        this.categories = new HashSet<>(categories);
        this.categories.add(RefusalsCounted.CATEGORY);
        this.administers = administers;
        this.acting = acting;
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
        return SHARDS;
    }

    @Override
    public Set<String> categories() {
        return Set.copyOf(categories);
    }

    @Override
    public void apply(List<Recorded> facts, Handle sql, int generation) {
        PreparedBatch entries =
                sql.prepareBatch(
                        """
                        INSERT INTO audit.entry (generation, tenant, at, lane, pos, action, actor,
                          person, target_kind, target, reason, times, network, correlation, fact)
                        VALUES (:generation, :tenant, :at, :lane, :pos, :action, :actor,
                          CAST(:person AS uuid), :targetKind, :target, :reason, :times, :network, :correlation, :fact)
                        """);
        for (Recorded recorded : facts) {
            if (!administers.test(recorded.fact())) {
                continue;
            }
            Optional<Acting> begins = acting.apply(recorded.fact());
            begins.ifPresent(one -> remember(one, sql, generation));
            entries.bind("generation", generation)
                    .bind("tenant", recorded.stream().tenant())
                    .bind("at", recorded.recordedAt())
                    .bind("lane", (short) recorded.position().lane())
                    .bind("pos", recorded.position().value())
                    .bind("person", begins.map(Acting::person).orElse(null))
                    .bind("correlation", recorded.meta().correlation())
                    .bind("fact", recorded.id());
            if (recorded.fact() instanceof RefusalsCounted refusals) {
                entries.bind("action", refusals.operation())
                        .bind("actor", refusals.actor() == null ? "nobody" : refusals.actor())
                        .bind("targetKind", (String) null)
                        .bind("target", (String) null)
                        .bind("reason", refusals.reason())
                        .bind("times", refusals.times())
                        .bind("network", refusals.network());
            } else {
                entries.bind("action", recorded.type().name())
                        .bind("actor", recorded.meta().actor())
                        .bind("targetKind", recorded.stream().category())
                        .bind("target", recorded.stream().key())
                        .bind("reason", (String) null)
                        .bind("times", 1)
                        .bind("network", (String) null);
            }
            entries.add();
        }
        entries.execute();
    }

    private static void remember(Acting acting, Handle sql, int generation) {
        sql.execute(
                "INSERT INTO audit.actor VALUES (?, ?, ?) ON CONFLICT (generation, actor) DO"
                        + " NOTHING",
                generation,
                acting.actor(),
                acting.person());
    }

    @Override
    public void forget(Handle sql, int generation) {
        sql.execute("DELETE FROM audit.entry WHERE generation = ?", generation);
        sql.execute("DELETE FROM audit.actor WHERE generation = ?", generation);
    }
}
