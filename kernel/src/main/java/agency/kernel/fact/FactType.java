package agency.kernel.fact;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stored name of one shape of fact. Names are chosen once ({@code ledger.hold.placed}) and kept
 * for ever; they are never class names.
 *
 * <p>A shape changes only as a new version, which knows the one before it and how to make a fact of
 * that one its own:
 *
 * <pre>{@code
 * new FactType<>("ledger.hold.placed", 1, HoldPlacedV1.class)
 *         .then(HoldPlacedV2.class, HoldPlacedV1::up)
 *         .then(HoldPlaced.class, HoldPlacedV2::up)
 * }</pre>
 *
 * @param name the stored name, at most 80 characters, lower-case words joined by dots
 * @param version which shape under that name, 1 for the first
 * @param type the record that carries it
 * @param before the shape before this one, null for the first that is known
 */
public record FactType<E extends Record>(
        String name, int version, Class<E> type, @Nullable Before<?, E> before) {
    /**
     * The shape before another, and its upcaster.
     *
     * @param type the older shape
     * @param up makes a fact of the older shape one of the next. Pure; meets personal texts that
     *     were erased, which have no text
     */
    public record Before<O extends Record, E extends Record>(
            FactType<O> type, Function<? super O, ? extends E> up) {
        private E lift(int from, Record fact) {
            return up.apply(type.lift(from, fact));
        }
    }

    /** Refuses a name that is not lower-case words joined by dots, and a version below 1. */
    public FactType {
        if (name.length() > 80 || !name.matches("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)+")) {
            throw new IllegalArgumentException("not a name for a fact: " + name);
        }
        if (version < 1) {
            throw new IllegalArgumentException(
                    "versions of " + name + " begin at 1, not " + version);
        }
        if (before != null
                && !(before.type.name.equals(name) && before.type.version == version - 1)) {
            throw new IllegalArgumentException(
                    "before version "
                            + version
                            + " of "
                            + name
                            + " stands version "
                            + (version - 1)
                            + " of it, not "
                            + before.type);
        }
    }

    /** A shape with none before it. */
    public FactType(String name, int version, Class<E> type) {
        this(name, version, type, null);
    }

    /**
     * The next version of this one.
     *
     * @param next the record that carries it
     * @param up makes a fact of this shape one of the next, see {@link Before}
     */
    public <N extends Record> FactType<N> then(Class<N> next, Function<? super E, ? extends N> up) {
        return new FactType<>(name, version + 1, next, new Before<>(this, up));
    }

    /** This shape and all before it that are known, the oldest first. */
    public List<FactType<?>> versions() {
        List<FactType<?>> versions = new ArrayList<>();
        for (FactType<?> one = this; one != null; one = one.earlier()) {
            versions.add(one);
        }
        return List.copyOf(versions.reversed());
    }

    /**
     * A fact of any known version in this shape.
     *
     * @param from the version whose record it is
     * @throws IllegalArgumentException when this shape knows no such version
     * @throws ClassCastException when the fact is not that version's record
     */
    public E lift(int from, Record fact) {
        if (from == version) {
            return type.cast(fact);
        }
        if (before == null || from > version) {
            throw new IllegalArgumentException(
                    "version " + from + " of " + name + " is not known to version " + version);
        }
        return before.lift(from, fact);
    }

    private @Nullable FactType<?> earlier() {
        return before == null ? null : before.type;
    }
}
