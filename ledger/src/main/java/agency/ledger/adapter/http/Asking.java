package agency.ledger.adapter.http;

import agency.kernel.name.Nearest;
import agency.platform.http.Call;
import agency.platform.http.Paging;
import agency.platform.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads the parameters of a query, and says clearly what is wrong with one. */
final class Asking {
    /** Longest name of a provider or model asked for, in characters. */
    private static final int MAX_NAME = 200;

    private final Call call;

    Asking(Call call) {
        this.call = call;
    }

    /** A moment in ISO 8601, or a day, which means its beginning in UTC. */
    Optional<Instant> moment(String name) {
        return call.query(name)
                .map(text -> {
                    try {
                        return text.length() == 10
                                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                                : Instant.parse(text);
                    } catch (DateTimeParseException e) {
                        throw wrong(
                                name,
                                "must be a moment such as 2026-11-21T10:00:00Z or a day"
                                        + " such as 2026-11-21");
                    }
                });
    }

    Optional<UUID> id(String name) {
        return call.query(name)
                .map(text -> {
                    try {
                        return UUID.fromString(text);
                    } catch (IllegalArgumentException e) {
                        throw wrong(name, "must be a UUID");
                    }
                });
    }

    Optional<String> name(String name) {
        return call.query(name)
                .map(text -> {
                    if (text.isEmpty() || text.length() > MAX_NAME || text.indexOf(0) >= 0) {
                        throw wrong(name, "must have 1 to " + MAX_NAME + " characters");
                    }
                    return text;
                });
    }

    int number(String name, int least, int most, int otherwise) {
        return call.query(name)
                .map(text -> {
                    try {
                        int number = Integer.parseInt(text);
                        if (number >= least && number <= most) {
                            return number;
                        }
                    } catch (NumberFormatException e) {
                        // The same answer as for a number out of range.
                    }
                    throw wrong(name, "must be a number from " + least + " to " + most);
                })
                .orElse(otherwise);
    }

    /** One of these words. */
    Optional<String> word(String name, List<String> words) {
        return call.query(name).map(text -> oneOf(name, text, words));
    }

    /** Some of these words, separated by commas, each once. */
    List<String> words(String name, List<String> words) {
        String text = call.query(name).orElse("");
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> some =
                java.util.Arrays.stream(text.split(",", -1))
                        .limit(words.size() + 1L)
                        .map(word -> oneOf(name, word.strip(), words))
                        .toList();
        if (some.stream().distinct().count() != some.size()) {
            throw wrong(name, "must name each word once");
        }
        return some;
    }

    /** Refuses an empty and an overlong stretch of time. */
    static void stretch(Instant from, Instant until, Duration longest) {
        if (!from.isBefore(until)) {
            throw wrong("from", "must be before to");
        }
        if (Duration.between(from, until).compareTo(longest) > 0) {
            throw wrong("from", "must be at most " + longest.toDays() + " days before to");
        }
    }

    static Problem wrong(String parameter, String sentence) {
        return Paging.wrong(parameter, sentence);
    }

    private static String oneOf(String name, String text, List<String> words) {
        if (!words.contains(text)) {
            throw wrong(
                    name,
                    "knows "
                            + String.join(", ", words)
                            + "; not that."
                            + Nearest.hint(text, words));
        }
        return text;
    }
}
