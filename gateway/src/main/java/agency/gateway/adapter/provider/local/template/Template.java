package agency.gateway.adapter.provider.local.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A chat template: turns a conversation into the prompt its model was trained on.
 *
 * <p>Understands what the templates in model files use of Jinja, as Hugging Face's transformers
 * runs them. Bounded in steps, depth and length, because models come from anywhere.
 */
public final class Template {
    /**
     * The value of what is null in JSON; maps and lists given to {@link #render} hold it in place
     * of null.
     */
    public static final Object NONE = Nothing.NONE;

    /** Longest source, in characters. */
    static final int MAX_SOURCE = 1 << 18;

    private final List<Node> nodes;

    private Template(List<Node> nodes) {
        this.nodes = nodes;
    }

    /**
     * Reads a template.
     *
     * @throws TemplateProblem if it uses something we do not know
     */
    public static Template of(String source) {
        if (source.length() > MAX_SOURCE) {
            throw TemplateProblem.faulty("it is longer than " + MAX_SOURCE + " characters");
        }
        String ended = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
        try {
            return new Template(new NodeParser(ended.replace("\r\n", "\n")).whole());
        } catch (StackOverflowError e) {
            throw TemplateProblem.faulty("it is nested too deep");
        }
    }

    /**
     * The prompt.
     *
     * @param context the template's variables: text, numbers, lists, mappings, {@link #NONE}
     * @param now what time its clock shows
     * @throws TemplateProblem if it refuses the conversation, or cannot be run
     */
    public String render(Map<String, ?> context, LocalDateTime now) {
        Map<String, Object> all = new LinkedHashMap<>(context);
        all.put("strftime_now", (Function) (a, n) -> formatted(now, Values.text(a.get(0))));
        try {
            return new Evaluator().run(nodes, all);
        } catch (StackOverflowError | IndexOutOfBoundsException | NumberFormatException e) {
            throw TemplateProblem.faulty("it cannot be run");
        }
    }

    private static String formatted(LocalDateTime now, String pattern) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c != '%' || i + 1 == pattern.length()) {
                out.append(c);
                continue;
            }
            String java =
                    switch (pattern.charAt(++i)) {
                        case 'Y' -> "yyyy";
                        case 'y' -> "yy";
                        case 'm' -> "MM";
                        case 'd' -> "dd";
                        case 'B' -> "MMMM";
                        case 'b' -> "MMM";
                        case 'A' -> "EEEE";
                        case 'a' -> "EEE";
                        case 'H' -> "HH";
                        case 'I' -> "hh";
                        case 'M' -> "mm";
                        case 'S' -> "ss";
                        case 'p' -> "a";
                        case 'j' -> "DDD";
                        default -> "''";
                    };
            out.append(now.format(DateTimeFormatter.ofPattern(java, Locale.ENGLISH)));
        }
        return out.toString();
    }
}
