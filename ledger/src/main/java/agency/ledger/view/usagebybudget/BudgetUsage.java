package agency.ledger.view.usagebybudget;

import agency.ledger.domain.budget.BudgetTerms;
import agency.ledger.domain.budget.Period;
import agency.ledger.domain.budget.Span;
import agency.ledger.domain.budget.Unit;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.jdbi.v3.core.Jdbi;

/** Answers how much of budgets was used; blocks. */
public final class BudgetUsage {
    private final Jdbi jdbi;
    private final IntSupplier generation;

    /** Asks the rows of the generation that queries read. */
    public BudgetUsage(Jdbi jdbi, IntSupplier generation) {
        this.jdbi = jdbi;
        this.generation = generation;
    }

    /** What one journal has used of a budget in the stretch that begins at this second. */
    public long used(UUID budget, long from, String journal, Unit unit) {
        return jdbi.withHandle(sql ->
                sql.createQuery(
                                "SELECT coalesce(sum("
                                        + column(unit)
                                        + "), 0)::bigint FROM ledger.usage_by_budget WHERE"
                                        + " generation = :g AND budget = :b AND stretch = :s AND"
                                        + " journal = :j")
                        .bind("g", generation.getAsInt())
                        .bind("b", budget)
                        .bind("s", from)
                        .bind("j", journal)
                        .mapTo(Long.class)
                        .one());
    }

    /** What was used of a budget in all that counts while this stretch runs. */
    public long spent(UUID budget, BudgetTerms terms, Span span, Instant now) {
        Period period = terms.period();
        long since =
                period.kind() == Period.Kind.ROLLING
                        ? span.from() - (period.counts(span) - span.until())
                        : span.from();
        long sum = 0;
        for (Map.Entry<Long, Long> one : usedSince(budget, since, terms.unit()).entrySet()) {
            if (period.counts(period.from(one.getKey())) > now.getEpochSecond()) {
                sum += one.getValue();
            }
        }
        return sum;
    }

    /** What was used of a budget, by the first second of each stretch, from one on. */
    private Map<Long, Long> usedSince(UUID budget, long from, Unit unit) {
        return jdbi.withHandle(sql -> {
            Map<Long, Long> used = new HashMap<>();
            sql.createQuery(
                            "SELECT stretch, sum("
                                    + column(unit)
                                    + ")::bigint AS used FROM ledger.usage_by_budget WHERE"
                                    + " generation = :g AND budget = :b AND stretch >= :s GROUP BY"
                                    + " stretch")
                    .bind("g", generation.getAsInt())
                    .bind("b", budget)
                    .bind("s", from)
                    .map((row, context) -> Map.entry(row.getLong("stretch"), row.getLong("used")))
                    .forEach(entry -> used.put(entry.getKey(), entry.getValue()));
            return used;
        });
    }

    /**
     * What a key used, in nano-units, while it was not charged to its own cap: before it had one.
     */
    public long beforeItsCap(UUID key) {
        return jdbi.withHandle(sql ->
                sql.createQuery(
                                "SELECT coalesce(sum(CASE WHEN stretch = :w THEN money WHEN stretch"
                                    + " = 0 THEN -money END), 0)::bigint FROM"
                                    + " ledger.usage_by_budget WHERE generation = :g AND budget ="
                                    + " :b")
                        .bind("w", UsageByBudget.WHOLE_KEY)
                        .bind("g", generation.getAsInt())
                        .bind("b", key)
                        .mapTo(Long.class)
                        .one());
    }

    private static String column(Unit unit) {
        return switch (unit) {
            case MONEY -> "money";
            case TOKENS -> "tokens";
        };
    }
}
