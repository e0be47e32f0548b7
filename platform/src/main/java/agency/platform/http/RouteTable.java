package agency.platform.http;

import agency.kernel.fault.Fault;
import agency.kernel.name.Nearest;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request: paths without parameters by one hash lookup, the others by their
 * segments, where a fixed segment wins over a parameter.
 */
final class RouteTable {
    /** Most segments of a path; a longer one has no route. */
    static final int MAX_SEGMENTS = 16;

    /** All routes of one path. */
    static final class Place {
        private final String template;
        private final String[] segments;
        private final Map<HttpMethod, Entry> byMethod = new HashMap<>();

        private Place(String template) {
            this.template = template;
            this.segments = split(template);
        }

        @Nullable Entry entry(HttpMethod method) {
            Entry entry = byMethod.get(method);
            return entry == null && method.equals(HttpMethod.HEAD)
                    ? byMethod.get(HttpMethod.GET)
                    : entry;
        }

        /** The methods for the {@code Allow} header. */
        String allowed() {
            Set<String> names = new LinkedHashSet<>();
            byMethod.keySet().stream().map(HttpMethod::name).sorted().forEach(names::add);
            if (names.contains("GET")) {
                names.add("HEAD");
            }
            names.add("OPTIONS");
            return String.join(", ", names);
        }

        String template() {
            return template;
        }

        /** The values of the parameters in a path that matched. */
        Map<String, String> parameters(String path) {
            Map<String, String> values = new HashMap<>();
            String[] given = split(path);
            for (int i = 0; i < segments.length; i++) {
                if (isParameter(segments[i])) {
                    values.put(segments[i].substring(1, segments[i].length() - 1), given[i]);
                }
            }
            return values;
        }

        private boolean matches(String[] given) {
            if (given.length != segments.length) {
                return false;
            }
            for (int i = 0; i < given.length; i++) {
                if (isParameter(segments[i]) ? given[i].isEmpty() : !segments[i].equals(given[i])) {
                    return false;
                }
            }
            return true;
        }

        private int parameterCount() {
            int count = 0;
            for (String segment : segments) {
                count += isParameter(segment) ? 1 : 0;
            }
            return count;
        }
    }

    /**
     * A route and what is kept for it.
     *
     * @param index its number, for counters
     */
    record Entry(Route route, int index) {}

    private final Map<String, Place> exact = new HashMap<>();
    private final List<Place> templates = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    /** Refuses two routes of the same method and path, and an operation named twice. */
    RouteTable(List<Route> routes) {
        Set<String> operations = new LinkedHashSet<>();
        for (Route route : routes) {
            if (!route.path().startsWith("/") || split(route.path()).length > MAX_SEGMENTS) {
                throw broken("The path " + route.path() + " must begin with / and be short.");
            }
            if (!operations.add(route.operation())) {
                throw broken("Two routes are called " + route.operation() + ".");
            }
            Place place = place(route.path());
            Entry entry = new Entry(route, entries.size());
            if (place.byMethod.put(route.method(), entry) != null) {
                throw broken("Two routes answer " + route.method() + " " + route.path() + ".");
            }
            entries.add(entry);
        }
        templates.sort(java.util.Comparator.comparingInt(Place::parameterCount));
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The operation of a route by its number; {@code none} for a request that found none. */
    String operation(int index) {
        return index < 0 ? "none" : entries.get(index).route().operation();
    }

    @Nullable Place find(String path) {
        Place place = exact.get(path);
        return place != null || templates.isEmpty() ? place : template(path);
    }

    /** The path of a route that may be meant, for a 404. */
    Optional<String> nearest(String path) {
        List<String> known = new ArrayList<>(exact.keySet());
        templates.forEach(place -> known.add(place.template));
        return Nearest.to(path, known);
    }

    private @Nullable Place template(String path) {
        String[] given = split(path);
        if (given.length > MAX_SEGMENTS) {
            return null;
        }
        for (Place place : templates) {
            if (place.matches(given)) {
                return place;
            }
        }
        return null;
    }

    private Place place(String path) {
        if (!path.contains("{")) {
            return exact.computeIfAbsent(path, Place::new);
        }
        for (Place known : templates) {
            if (known.template.equals(path)) {
                return known;
            }
        }
        Place place = new Place(path);
        templates.add(place);
        return place;
    }

    private static String[] split(String path) {
        return path.substring(Math.min(1, path.length())).split("/", MAX_SEGMENTS + 2);
    }

    private static boolean isParameter(String segment) {
        return segment.startsWith("{");
    }

    private static Fault broken(String sentence) {
        return Fault.lasting("http.routes", sentence, Map.of(), null);
    }
}
