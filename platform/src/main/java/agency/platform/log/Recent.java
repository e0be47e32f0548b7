package agency.platform.log;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What this process itself committed to a lane of late, by category: most readers want few
 * categories, and need not ask the database about commits in which there is nothing for them. Knows
 * an unbroken stretch of positions only; another process's commit begins a new one.
 */
final class Recent {
    private UUID life = new UUID(0, 0);
    private long from;
    private long to;

    /** The last position at which a category may stand. There are as many as contexts define. */
    private final Map<String, Long> last = new HashMap<>();

    /** Facts of these categories were committed after {@code before}, up to {@code head}. */
    synchronized void committed(UUID in, long before, long head, Iterable<String> categories) {
        if (!in.equals(life) || before != to) {
            life = in;
            from = before;
            last.clear();
        }
        to = head;
        for (String category : categories) {
            last.put(category, head);
        }
    }

    /** False only when it is certain that none of these stands after one and up to the other. */
    synchronized boolean mayHold(UUID in, long after, long upTo, Set<String> categories) {
        if (!in.equals(life) || after < from || upTo > to || categories.isEmpty()) {
            return true;
        }
        for (String category : categories) {
            if (last.getOrDefault(category, 0L) > after) {
                return true;
            }
        }
        return false;
    }
}
