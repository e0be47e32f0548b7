package agency.platform.projection;

import agency.kernel.fault.Fault;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** What was put away cannot be read: nothing is made of a part of the facts that it is made of. */
final class Archived {
    private Archived() {}

    /** Whether facts of these categories are away. */
    static boolean any(Handle sql, Set<String> categories) {
        return !categories.isEmpty()
                && sql.createQuery(
                                "SELECT EXISTS (SELECT FROM log.archived_stream a JOIN log.stream s"
                                        + " USING (stream_id) WHERE s.category IN (<categories>))")
                        .bindList("categories", List.copyOf(categories))
                        .mapTo(Boolean.class)
                        .one();
    }

    /** Refuses to make a projection's rows from the beginning when facts for them are away. */
    static void refuse(Handle sql, String name, Set<String> categories) {
        if (any(sql, categories)) {
            throw Fault.lasting(
                    "projection.facts-archived",
                    "Facts that "
                            + name
                            + " is made of lie in archives. Bring them back with `agency events"
                            + " unarchive`, the last one first; afterwards they can be put away"
                            + " again.",
                    Map.of("projection", name),
                    null);
        }
    }

    /** The categories of which a projection needs every fact there ever was. */
    static Set<String> needed(Projection projection) {
        return projection.readsWholePast() ? projection.categories() : Set.of();
    }
}
