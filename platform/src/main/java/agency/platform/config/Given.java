package agency.platform.config;

import java.util.List;

/**
 * A value that someone gave for a key.
 *
 * @param values the text, or the texts of a list
 * @param list whether it was written as a list; otherwise a list's texts are split at commas
 * @param source where it was given, as {@code agency.yaml:12}
 */
record Given(List<String> values, boolean list, String source) {
    static Given text(String value, String source) {
        return new Given(List.of(value), false, source);
    }
}
