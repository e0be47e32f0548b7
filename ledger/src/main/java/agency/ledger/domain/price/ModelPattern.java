package agency.ledger.domain.price;

import java.util.List;
import java.util.regex.Pattern;

/** Which names of models a price is for. */
public sealed interface ModelPattern {
    /** Whether this name is meant. */
    boolean matches(String name);

    /** Whether this very name is written in the pattern: such a match goes before any other. */
    default boolean names(String name) {
        return false;
    }

    /** The name itself. */
    record Equals(String text) implements ModelPattern {
        @Override
        public boolean matches(String name) {
            return name.equals(text);
        }

        @Override
        public boolean names(String name) {
            return name.equals(text);
        }
    }

    /** Names that begin so. */
    record StartsWith(String text) implements ModelPattern {
        @Override
        public boolean matches(String name) {
            return name.startsWith(text);
        }
    }

    /** Names that end so. */
    record EndsWith(String text) implements ModelPattern {
        @Override
        public boolean matches(String name) {
            return name.endsWith(text);
        }
    }

    /** Names with this somewhere. */
    record Contains(String text) implements ModelPattern {
        @Override
        public boolean matches(String name) {
            return name.contains(text);
        }
    }

    /**
     * Names in which a regular expression finds something. Only our own shipped book has these, so
     * that nobody can hand us one that takes for ever.
     */
    record Finds(Pattern regex) implements ModelPattern {
        @Override
        public boolean matches(String name) {
            return regex.matcher(name).find();
        }
    }

    /** Names that any of these means. */
    record AnyOf(List<ModelPattern> patterns) implements ModelPattern {
        /** Copies the patterns, in order. */
        public AnyOf {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean matches(String name) {
            return patterns.stream().anyMatch(pattern -> pattern.matches(name));
        }

        @Override
        public boolean names(String name) {
            return patterns.stream().anyMatch(pattern -> pattern.names(name));
        }
    }

    /** Names that all of these mean. */
    record AllOf(List<ModelPattern> patterns) implements ModelPattern {
        /** Copies the patterns, in order. */
        public AllOf {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean matches(String name) {
            return patterns.stream().allMatch(pattern -> pattern.matches(name));
        }
    }
}
