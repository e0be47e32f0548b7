package agency.ledger.domain.budget;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a budget has come to. A key's own cap has no terms: it is handed in with each question.
 *
 * @param terms what it says; null before it was opened
 * @param closed whether it bounds nothing any more
 * @param stretches what was taken, by the first second of the stretch; those that count no longer
 *     are left out
 */
public record BudgetState(
        @Nullable BudgetTerms terms, boolean closed, Map<Long, Stretch> stretches) {
    /** Before anything happened. */
    public static final BudgetState NONE = new BudgetState(null, false, Map.of());

    /**
     * What was taken in a stretch.
     *
     * @param posted what journals that are closed have used
     * @param slices what journals that may still spend have set aside, by their names
     * @param shares the shares people were told of
     */
    public record Stretch(long posted, Map<String, Long> slices, Set<Integer> shares) {
        static final Stretch NONE = new Stretch(0, Map.of(), Set.of());

        /** Copies. */
        public Stretch {
            slices = Map.copyOf(slices);
            shares = Set.copyOf(shares);
        }

        /** Used or set aside. */
        public long taken() {
            long sum = posted;
            for (long slice : slices.values()) {
                sum += slice;
            }
            return sum;
        }

        Stretch with(String journal, long outstanding) {
            Map<String, Long> changed = new HashMap<>(slices);
            changed.put(journal, outstanding);
            return new Stretch(posted, changed, shares);
        }

        Stretch without(String journal, long used) {
            Map<String, Long> changed = new HashMap<>(slices);
            changed.remove(journal);
            return new Stretch(posted + used, changed, shares);
        }

        Stretch told(int share) {
            Set<Integer> changed = new HashSet<>(shares);
            changed.add(share);
            return new Stretch(posted, slices, changed);
        }
    }

    /** Copies. */
    public BudgetState {
        stretches = Map.copyOf(stretches);
    }

    /** What was taken in the stretch that begins at this second. */
    public Stretch stretch(long from) {
        return stretches.getOrDefault(from, Stretch.NONE);
    }

    /** What a journal has set aside in a stretch. */
    public long outstanding(long from, String journal) {
        return stretch(from).slices().getOrDefault(journal, 0L);
    }

    /** Used or set aside in all stretches that count at a moment when this one runs. */
    public long taken(Period period, Span span, Instant now) {
        if (period.kind() != Period.Kind.ROLLING) {
            return stretch(span.from()).taken();
        }
        long sum = 0;
        for (Map.Entry<Long, Stretch> one : stretches.entrySet()) {
            if (period.counts(period.from(one.getKey())) > now.getEpochSecond()) {
                sum += one.getValue().taken();
            }
        }
        return sum;
    }

    /** The shares people were told of in all stretches that count while this one runs, rising. */
    public SortedSet<Integer> told(Period period, Span span, Instant now) {
        SortedSet<Integer> told = new TreeSet<>(stretch(span.from()).shares());
        if (period.kind() == Period.Kind.ROLLING) {
            for (Map.Entry<Long, Stretch> one : stretches.entrySet()) {
                if (period.counts(period.from(one.getKey())) > now.getEpochSecond()) {
                    told.addAll(one.getValue().shares());
                }
            }
        }
        return told;
    }

    BudgetState with(BudgetTerms changed) {
        return new BudgetState(changed, closed, stretches);
    }

    BudgetState closing() {
        return new BudgetState(terms, true, stretches);
    }

    /** With this of a stretch, and without those that count no longer since it has begun. */
    BudgetState with(long from, Stretch stretch) {
        Map<Long, Stretch> changed = new HashMap<>(stretches);
        if (!changed.containsKey(from) && terms != null) {
            Period period = terms.period();
            changed.entrySet()
                    .removeIf(one ->
                            one.getValue().slices().isEmpty()
                                    && period.counts(period.from(one.getKey())) <= from);
        }
        changed.put(from, stretch);
        return new BudgetState(terms, closed, changed);
    }
}
