package agency.kernel.name;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds which known name someone meant: "did you mean", for settings, commands, models, routes and
 * fields alike.
 */
public final class Nearest {
    /** Longest name that is compared, in characters; of a longer one only the beginning is. */
    public static final int MAX_LENGTH = 100;

    /** Most known names that are compared. */
    public static final int MAX_KNOWN = 10_000;

    private Nearest() {}

    /** The one known name close enough to be meant, ignoring case; empty when none is. */
    public static Optional<String> to(String typed, Collection<String> known) {
        List<String> best = among(typed, known, 1);
        return best.isEmpty() ? Optional.empty() : Optional.of(best.getFirst());
    }

    /** The known names close enough to be meant, nearest first, at most {@code limit}. */
    public static List<String> among(String typed, Collection<String> known, int limit) {
        record Candidate(String name, int distance) {}
        String wanted = folded(typed);
        List<Candidate> near = new ArrayList<>();
        int seen = 0;
        for (String name : known) {
            if (++seen > MAX_KNOWN) {
                break;
            }
            String folded = folded(name);
            int distance = distance(wanted, folded);
            boolean contained =
                    wanted.length() >= 3 && (folded.contains(wanted) || wanted.contains(folded));
            if (distance <= allowed(Math.max(wanted.length(), folded.length()))) {
                near.add(new Candidate(name, distance));
            } else if (contained && folded.length() >= 3) {
                near.add(new Candidate(name, MAX_LENGTH + distance));
            }
        }
        near.sort(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name));
        return near.stream().limit(limit).map(Candidate::name).toList();
    }

    /** The end of a sentence: {@code " Did you mean port?"}, or nothing. */
    public static String hint(String typed, Collection<String> known) {
        return to(typed, known).map(name -> " Did you mean " + name + "?").orElse("");
    }

    /**
     * How many insertions, deletions, substitutions and swaps of neighbours lie between two texts
     * (Damerau-Levenshtein, optimal string alignment).
     */
    public static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best =
                        Math.min(
                                Math.min(previous[j] + 1, current[j - 1] + 1),
                                previous[j - 1] + cost);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, before[j - 2] + 1);
                }
                current[j] = best;
            }
            int[] reused = before;
            before = previous;
            previous = current;
            current = reused;
        }
        return previous[b.length()];
    }

    /**
     * A third of the letters may be wrong: beyond that a suggestion confuses more than it helps.
     */
    private static int allowed(int length) {
        return Math.max(1, length / 3);
    }

    private static String folded(String text) {
        String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
        return cut.toLowerCase(Locale.ROOT);
    }
}
