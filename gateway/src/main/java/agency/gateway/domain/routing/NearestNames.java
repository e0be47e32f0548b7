package agency.gateway.domain.routing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The names that someone who mistyped may have meant. */
final class NearestNames {
    /** Most names suggested. */
    static final int MOST = 3;

    /** Most names looked at: this runs on the event loop, and anyone may mistype. */
    static final int MOST_COMPARED = 2_000;

    /** Longest name worth comparing, in characters. */
    private static final int LONGEST = 80;

    private NearestNames() {}

    static List<String> of(String wanted, List<String> names) {
        if (wanted.length() > LONGEST) return List.of();
        String lower = wanted.toLowerCase(Locale.ROOT);
        int allowed = Math.max(2, lower.length() / 3);
        List<Near> near = new ArrayList<>();
        for (String name : names.subList(0, Math.min(names.size(), MOST_COMPARED))) {
            if (name.length() > LONGEST) continue;
            String other = name.toLowerCase(Locale.ROOT);
            boolean within = other.contains(lower) || lower.contains(other);
            if (!within && Math.abs(other.length() - lower.length()) > allowed) continue;
            int distance = within ? 1 : distance(lower, other);
            if (distance <= allowed) near.add(new Near(name, distance));
        }
        return near.stream()
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .limit(MOST)
                .map(Near::name)
                .toList();
    }

    private record Near(String name, int distance) {}

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) above[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int cheapest = Math.min(row[j - 1], above[j]) + 1;
                row[j] = Math.min(above[j - 1] + change, cheapest);
            }
            above = row;
        }
        return above[b.length()];
    }
}
