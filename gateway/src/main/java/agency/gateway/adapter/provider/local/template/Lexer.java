package agency.gateway.adapter.provider.local.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into text, outputs and statements, with the white space rules that model
 * templates are written for ({@code trim_blocks} and {@code lstrip_blocks} on, as in Hugging Face's
 * transformers), and cuts expressions into words.
 */
final class Lexer {
    /** A part of a template: text, the inside of an output tag, or that of a statement tag. */
    record Part(Kind kind, String text) {
        enum Kind {
            TEXT,
            OUTPUT,
            STATEMENT
        }
    }

    private static final List<String> OPERATORS =
            List.of(
                    "**", "//", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", ":",
                    "|", "+", "-", "*", "/", "%", "~", "<", ">", "=");

    private Lexer() {}

    static List<Part> parts(String source) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        boolean strip = false;
        while (at < source.length()) {
            int tag = nextTag(source, at);
            String text = source.substring(at, tag < 0 ? source.length() : tag);
            if (strip) {
                text = text.stripLeading();
            }
            if (tag < 0) {
                addText(parts, text);
                break;
            }
            char kind = source.charAt(tag + 1);
            char mark = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            if (mark == '-') {
                text = text.stripTrailing();
            } else if (kind != '{' && mark != '+') {
                text = withoutIndent(text, at == 0 || strip);
            }
            addText(parts, text);
            String close = kind == '{' ? "}}" : kind == '%' ? "%}" : "#}";
            int end =
                    kind == '#' ? source.indexOf(close, tag + 2) : endOfTag(source, tag + 2, close);
            if (end < 0) {
                throw TemplateProblem.faulty("a tag is not closed with " + close);
            }
            int from = tag + 2 + (mark == '-' || mark == '+' ? 1 : 0);
            strip = source.charAt(end - 1) == '-' && end > from;
            String inside = source.substring(Math.min(from, end), strip ? end - 1 : end);
            if (kind != '#') {
                parts.add(
                        new Part(
                                kind == '{' ? Part.Kind.OUTPUT : Part.Kind.STATEMENT,
                                inside.strip()));
            }
            at = end + 2;
            if (kind != '{' && !strip && at < source.length() && source.charAt(at) == '\n') {
                at++;
            }
        }
        return parts;
    }

    private static void addText(List<Part> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(new Part(Part.Kind.TEXT, text));
        }
    }

    private static int nextTag(String source, int from) {
        for (int i = source.indexOf('{', from);
                i >= 0 && i + 1 < source.length();
                i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    /** The end of a tag, quotes and brackets respected. */
    private static int endOfTag(String source, int from, String close) {
        int depth = 0;
        for (int i = from; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '\'' || c == '"') {
                i = endOfString(source, i) - 1;
            } else if (depth == 0 && source.startsWith(close, i)) {
                return i;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && depth > 0) {
                depth--;
            }
        }
        return -1;
    }

    private static int endOfString(String source, int from) {
        char quote = source.charAt(from);
        for (int i = from + 1; i < source.length(); i++) {
            if (source.charAt(i) == '\\') {
                i++;
            } else if (source.charAt(i) == quote) {
                return i + 1;
            }
        }
        throw TemplateProblem.faulty("a string is not closed");
    }

    /** Blanks between the start of the line and a statement do not count. */
    private static String withoutIndent(String text, boolean startsLine) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
            end--;
        }
        boolean atLineStart = end == 0 ? startsLine : text.charAt(end - 1) == '\n';
        return atLineStart ? text.substring(0, end) : text;
    }

    static List<Token> words(String expression) {
        List<Token> words = new ArrayList<>();
        int at = 0;
        while (at < expression.length()) {
            char c = expression.charAt(at);
            int end;
            if (Character.isWhitespace(c)) {
                at++;
                continue;
            } else if (c == '\'' || c == '"') {
                end = endOfString(expression, at);
                words.add(
                        new Token(
                                Token.Kind.STRING,
                                unescaped(expression.substring(at + 1, end - 1))));
            } else if (Character.isDigit(c)) {
                end = at;
                while (end < expression.length() && Character.isDigit(expression.charAt(end))) {
                    end++;
                }
                boolean decimal =
                        end + 1 < expression.length()
                                && expression.charAt(end) == '.'
                                && Character.isDigit(expression.charAt(end + 1));
                if (decimal) {
                    end++;
                    while (end < expression.length() && Character.isDigit(expression.charAt(end))) {
                        end++;
                    }
                }
                words.add(
                        new Token(
                                decimal ? Token.Kind.DECIMAL : Token.Kind.INTEGER,
                                expression.substring(at, end)));
            } else if (Character.isLetter(c) || c == '_') {
                end = at;
                while (end < expression.length()
                        && (Character.isLetterOrDigit(expression.charAt(end))
                                || expression.charAt(end) == '_')) {
                    end++;
                }
                words.add(new Token(Token.Kind.NAME, expression.substring(at, end)));
            } else {
                String operator = operator(expression, at);
                words.add(new Token(Token.Kind.OPERATOR, operator));
                end = at + operator.length();
            }
            at = end;
        }
        words.add(new Token(Token.Kind.END, ""));
        return words;
    }

    private static String operator(String expression, int at) {
        for (String operator : OPERATORS) {
            if (expression.startsWith(operator, at)) {
                return operator;
            }
        }
        throw TemplateProblem.faulty("unexpected character '" + expression.charAt(at) + "'");
    }

    private static String unescaped(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                out.append(c);
                continue;
            }
            char next = text.charAt(++i);
            switch (next) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case '\\', '\'', '"' -> out.append(next);
                case 'u' -> {
                    if (i + 4 >= text.length()) {
                        throw TemplateProblem.faulty("\\u needs four digits");
                    }
                    out.append((char) Integer.parseInt(text.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> out.append('\\').append(next);
            }
        }
        return out.toString();
    }
}
