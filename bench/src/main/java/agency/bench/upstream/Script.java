package agency.bench.upstream;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What one request orders the upstream to do: an act and its settings.
 *
 * <p>A request carries its order either in its text, {@code [[stall after=3 ms=10]]}, which any
 * gateway forwards untouched, or in its model, {@code scripted/stall?after=3&ms=10}. The text wins.
 * Without an order the upstream answers as a well-behaved vendor does.
 */
record Script(Act act, Map<String, String> settings) {

    /** What the upstream can be told to do. */
    enum Act {
        /** Answers properly. Settings: chunks, ms, usage, cached, reasoning, calls, tag. */
        ANSWER,
        /** Falls silent after so many frames and waits for the caller to leave. Settings: after. */
        STALL,
        /** Resets the connection in the middle of a frame. Settings: after. */
        BREAK,
        /** Closes the connection before any answer. */
        CLOSE,
        /** Answers with an error. Settings: code, retry (seconds, as Retry-After). */
        STATUS,
        /** Answers 200 with a web page. */
        HTML,
        /** Answers 200 with JSON that ends too early, or one broken frame in a stream. */
        BADJSON,
        /** Answers well under the wrong content type. */
        WRONGTYPE,
        /** Answers 200 with random bytes. Settings: bytes. */
        GARBAGE,
        /** Answers with one very long line. Settings: bytes. */
        HUGELINE,
        /** Waits before the head of the answer. Settings: ms. */
        SLOWHEADERS,
        /** Cuts the answer inside characters, each piece a packet of its own. */
        UTF8,
        /** Streams without the final {@code [DONE]}. */
        NODONE,
        /** Streams two final {@code [DONE]}. */
        TWODONE,
        /** Answers gzip whether or not it was asked to. */
        GZIP
    }

    static final Script PROPER = new Script(Act.ANSWER, Map.of());

    private static final String MODEL_PREFIX = "scripted/";

    /**
     * The order in a request's text, if there is one; throws {@link UnknownOrder} for one that
     * nobody knows.
     */
    static Optional<Script> inText(String text) {
        int open = text.lastIndexOf("[[");
        int close = open < 0 ? -1 : text.indexOf("]]", open);
        if (close < 0) return Optional.empty();
        return Optional.of(parse(text.substring(open + 2, close).trim().split("\\s+")));
    }

    /**
     * The order in a model's name, if there is one; throws {@link UnknownOrder} for one that nobody
     * knows.
     */
    static Optional<Script> inModel(String model) {
        if (!model.startsWith(MODEL_PREFIX)) return Optional.empty();
        return Optional.of(parse(model.substring(MODEL_PREFIX.length()).split("[?&]")));
    }

    int number(String setting, int otherwise) {
        String value = settings.get(setting);
        if (value == null) return otherwise;
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new UnknownOrder("setting " + setting + " must be a whole number, not " + value);
        }
    }

    String word(String setting, String otherwise) {
        return settings.getOrDefault(setting, otherwise);
    }

    private static Script parse(String[] words) {
        Act act =
                Arrays.stream(Act.values())
                        .filter(a -> a.name().equalsIgnoreCase(words[0]))
                        .findFirst()
                        .orElseThrow(() ->
                                new UnknownOrder(
                                        "no act is called "
                                                + words[0]
                                                + "; there are "
                                                + Arrays.stream(Act.values())
                                                        .map(Act::name)
                                                        .collect(Collectors.joining(", "))));
        Map<String, String> settings = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals < 1) throw new UnknownOrder("a setting is name=value, not " + words[i]);
            settings.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        return new Script(act, Map.copyOf(settings));
    }

    /**
     * An order that the upstream does not understand: answered with 400, so that a typing error
     * fails its test.
     */
    static final class UnknownOrder extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownOrder(String message) {
            super(message);
        }
    }
}
