package agency.platform.house;

import agency.kernel.fault.Fault;
import agency.kernel.name.Nearest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All parts of the program: started one after another, each after those it uses, and closed in
 * reverse. When one cannot start, those that did are closed again.
 */
public final class House implements AutoCloseable {
    /** Longest wait for one part to close, unless told otherwise. */
    public static final Duration CLOSE_EACH = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(House.class);

    private final List<Part> parts;
    private final Duration closeEach;
    private final List<Standing> standings = new CopyOnWriteArrayList<>();
    private final Deque<Part> started = new ArrayDeque<>();

    /** What a part is doing. */
    public enum State {
        /** Not started yet, or closed. */
        DOWN,
        /** Starting. */
        STARTING,
        /** Started. */
        UP,
        /** It could not start or close. */
        FAILED
    }

    /**
     * How one part stands.
     *
     * @param millis how long its start took, 0 before
     */
    public record Standing(String name, State state, long millis) {}

    /**
     * A house of these parts. Refuses, with a {@link Fault}, names used twice, missing or in a
     * ring.
     */
    public House(List<Part> parts) {
        this(parts, CLOSE_EACH);
    }

    /** The same with another longest wait for a part to close. */
    public House(List<Part> parts, Duration closeEach) {
        this.parts = ordered(parts);
        this.closeEach = closeEach;
        this.parts.forEach(part -> standings.add(new Standing(part.name(), State.DOWN, 0)));
    }

    /** Starts every part in order; on a failure closes what had started, in reverse, and throws. */
    public void start() {
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            standings.set(i, new Standing(part.name(), State.STARTING, 0));
            long begun = System.nanoTime();
            started.push(part);
            try {
                part.start();
            } catch (RuntimeException | Error e) {
                close();
                standings.set(i, new Standing(part.name(), State.FAILED, 0));
                throw e;
            }
            long millis = (System.nanoTime() - begun) / 1_000_000;
            standings.set(i, new Standing(part.name(), State.UP, millis));
            LOG.debug("{} is up after {} ms", part.name(), millis);
        }
    }

    /**
     * Closes what was started, in reverse. A part that takes longer than its time is left behind
     * and named in the log, as is one that fails to close; the others are closed all the same.
     */
    @Override
    public void close() {
        while (!started.isEmpty()) {
            Part part = started.pop();
            boolean closed = closed(part);
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).name().equals(part.name())) {
                    State state = closed ? State.DOWN : State.FAILED;
                    standings.set(i, new Standing(part.name(), state, 0));
                }
            }
        }
    }

    /** How each part stands, in starting order. */
    public List<Standing> standings() {
        return List.copyOf(standings);
    }

    /** The parts in starting order. */
    public List<Part> parts() {
        return parts;
    }

    /** The table of parts: name, what it uses, what it does. */
    public String table() {
        int names = parts.stream().mapToInt(p -> p.name().length()).max().orElse(4);
        int uses =
                parts.stream().mapToInt(p -> String.join(", ", p.uses()).length()).max().orElse(4);
        String form = "%-" + Math.max(4, names) + "s  %-" + Math.max(4, uses) + "s  %s%n";
        StringBuilder text = new StringBuilder(form.formatted("Part", "Uses", "What it does"));
        for (Part part : parts) {
            text.append(
                    form.formatted(part.name(), String.join(", ", part.uses()), part.purpose()));
        }
        return text.toString();
    }

    private boolean closed(Part part) {
        AtomicBoolean failed = new AtomicBoolean();
        Thread closing =
                Thread.ofVirtual()
                        .name("close-" + part.name())
                        .start(() -> {
                            try {
                                part.close();
                            } catch (RuntimeException | Error e) {
                                failed.set(true);
                                LOG.error("{} did not close well", part.name(), e);
                            }
                        });
        try {
            if (!closing.join(closeEach)) {
                LOG.error("{} did not close within {} s", part.name(), closeEach.toSeconds());
                closing.interrupt();
                return false;
            }
            return !failed.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<Part> ordered(List<Part> parts) {
        Map<String, Part> byName = new LinkedHashMap<>();
        for (Part part : parts) {
            if (byName.put(part.name(), part) != null) {
                throw broken("house.name-twice", "Two parts are called " + part.name() + ".");
            }
        }
        List<Part> ordered = new ArrayList<>();
        Set<String> done = new LinkedHashSet<>();
        for (Part part : parts) {
            place(part, byName, done, new LinkedHashSet<>(), ordered);
        }
        return List.copyOf(ordered);
    }

    private static void place(
            Part part,
            Map<String, Part> byName,
            Set<String> done,
            Set<String> above,
            List<Part> ordered) {
        if (done.contains(part.name())) {
            return;
        }
        if (!above.add(part.name())) {
            throw broken(
                    "house.ring",
                    "Parts use each other in a ring: "
                            + String.join(" → ", above)
                            + " → "
                            + part.name()
                            + ".");
        }
        for (String name : part.uses()) {
            Part used = byName.get(name);
            if (used == null) {
                throw broken(
                        "house.missing",
                        "The part "
                                + part.name()
                                + " uses "
                                + name
                                + ", which is not in the house."
                                + Nearest.hint(name, byName.keySet()));
            }
            place(used, byName, done, above, ordered);
        }
        above.remove(part.name());
        done.add(part.name());
        ordered.add(part);
    }

    private static Fault broken(String code, String sentence) {
        return Fault.lasting(code, sentence, Map.of(), null);
    }
}
