package agency.bench.accounting;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Both sets of books compared.
 *
 * @param served requests in the upstream's books
 * @param entries attempts in Agency's books
 * @param reported attempts whose usage the provider told
 * @param estimated attempts whose usage Agency counted
 * @param assumed attempts booked at their bound
 * @param reportedInput input tokens of the reported ones, by Agency
 * @param reportedOutput output tokens of the reported ones, by Agency
 * @param discrepancies sentences; empty when the books agree
 */
public record Reckoning(
        int served,
        int entries,
        long reported,
        long estimated,
        long assumed,
        long reportedInput,
        long reportedOutput,
        List<String> discrepancies) {

    /** More tokens than any request of a run may be booked with: its bound is far below. */
    private static final long BOUND_TOKENS = 4_096;

    private static final int MOST_SENTENCES = 20;

    /**
     * Compares.
     *
     * @param answered tags of the requests whose callers got a whole answer
     * @param mayBeUnknown how many of those may lack the provider's id: what was under way when
     *     Agency was killed
     */
    static Reckoning of(
            List<Served> served, List<Entry> entries, Set<String> answered, int mayBeUnknown) {
        List<String> wrong = new ArrayList<>();
        Map<String, Served> byId = new HashMap<>();
        served.forEach(s -> byId.put(s.id(), s));
        Set<String> booked = new HashSet<>();
        long input = 0;
        long output = 0;
        for (Entry entry : entries) {
            Served theirs = byId.get(entry.providerRequestId());
            if (theirs != null && !booked.add(theirs.id())) wrong.add("booked twice: " + entry);
            switch (entry.usageClass()) {
                case "reported" -> {
                    input += entry.input();
                    output += entry.output();
                    reported(entry, theirs, wrong);
                }
                case "estimated", "assumed" -> unsure(entry, wrong);
                default -> wrong.add("of no class: " + entry);
            }
        }
        missing(served, entries, booked, answered, mayBeUnknown, wrong);
        return new Reckoning(
                served.size(),
                entries.size(),
                count(entries, "reported"),
                count(entries, "estimated"),
                count(entries, "assumed"),
                input,
                output,
                List.copyOf(wrong.subList(0, Math.min(wrong.size(), MOST_SENTENCES))));
    }

    /** The same, held against Agency's own sums by class as well. */
    Reckoning against(JsonNode sumsByClass) {
        List<String> wrong = new ArrayList<>(discrepancies);
        JsonNode sum = sumsByClass.path("reported");
        sum(wrong, "reported attempts", reported, sum.path("attempts"));
        sum(wrong, "reported input tokens", reportedInput, sum.path("input_tokens"));
        sum(wrong, "reported output tokens", reportedOutput, sum.path("output_tokens"));
        sum(wrong, "estimated attempts", estimated, sumsByClass.path("estimated").path("attempts"));
        sum(wrong, "assumed attempts", assumed, sumsByClass.path("assumed").path("attempts"));
        return new Reckoning(
                served,
                entries,
                reported,
                estimated,
                assumed,
                reportedInput,
                reportedOutput,
                List.copyOf(wrong));
    }

    private static void sum(List<String> wrong, String what, long listed, JsonNode summed) {
        if (summed.asLong(0) != listed) {
            wrong.add(
                    what
                            + ": "
                            + listed
                            + " in the list of requests, "
                            + summed.asLong(0)
                            + " in the sums");
        }
    }

    private static void reported(
            Entry entry, @org.jspecify.annotations.Nullable Served theirs, List<String> wrong) {
        if (theirs == null) {
            // A refusal of the provider: it billed nothing, and nothing is booked.
            if (entry.input() == 0 && entry.output() == 0) return;
            wrong.add("reported, but the upstream knows nothing of it: " + entry);
            return;
        }
        if (theirs.toldPrompt().isEmpty() || theirs.toldCompletion().isEmpty()) {
            wrong.add("reported, but the upstream never told: " + entry + " " + theirs);
            return;
        }
        long told = theirs.toldPrompt().getAsLong();
        // What cannot be true is booked within the bound of the request, not as it was told.
        boolean same =
                (told < 0 || told > BOUND_TOKENS)
                        ? entry.input() >= 0
                                && entry.output() >= 0
                                && entry.input() <= BOUND_TOKENS * 4
                                && entry.output() <= BOUND_TOKENS
                        : entry.input() == told
                                && entry.output() == theirs.toldCompletion().getAsLong();
        if (!same) wrong.add("not what was told: " + entry + " " + theirs);
    }

    private static void unsure(Entry entry, List<String> wrong) {
        boolean within =
                entry.input() >= 0
                        && entry.output() >= 0
                        && entry.input() <= BOUND_TOKENS * 4
                        && entry.output() <= BOUND_TOKENS;
        if (!within) wrong.add("beyond any bound: " + entry);
    }

    private static void missing(
            List<Served> served,
            List<Entry> entries,
            Set<String> booked,
            Set<String> answered,
            int mayBeUnknown,
            List<String> wrong) {
        List<Served> unmatched = served.stream().filter(s -> !booked.contains(s.id())).toList();
        long nameless =
                entries.stream()
                        .filter(e -> e.providerRequestId().isEmpty())
                        .filter(e -> !e.usageClass().equals("reported"))
                        .count();
        if (unmatched.size() > nameless) {
            wrong.add(
                    "missing: the upstream served "
                            + unmatched.size()
                            + " that no entry names, and only "
                            + nameless
                            + " entries have no name; the first: "
                            + unmatched.getFirst());
        }
        // A caller that left before the head came leaves no id, whether or not the upstream noticed
        // in time; only an answer that its caller has in hand must be known by name.
        long inHand = unmatched.stream().filter(s -> answered.contains(s.tag())).count();
        if (inHand > mayBeUnknown) {
            wrong.add(
                    inHand
                            + " answers that callers have in hand are booked without their"
                            + " provider's id, at most "
                            + mayBeUnknown
                            + " were under way at a kill");
        }
    }

    private static long count(List<Entry> entries, String usageClass) {
        return entries.stream().filter(e -> e.usageClass().equals(usageClass)).count();
    }
}
