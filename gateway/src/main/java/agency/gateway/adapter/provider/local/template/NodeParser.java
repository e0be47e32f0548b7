package agency.gateway.adapter.provider.local.template;

import agency.gateway.adapter.provider.local.template.Lexer.Part;
import agency.gateway.adapter.provider.local.template.Node.Branch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a template's statements into nodes. */
final class NodeParser {
    /** Deepest nesting of statements. */
    private static final int MAX_DEPTH = 64;

    private final List<Part> parts;
    private int at;
    private int depth;

    NodeParser(String source) {
        this.parts = Lexer.parts(source);
    }

    List<Node> whole() {
        List<Node> nodes = until(Set.of());
        if (at < parts.size()) {
            throw TemplateProblem.faulty("'" + parts.get(at).text() + "' closes nothing");
        }
        return nodes;
    }

    /** Nodes up to a statement that begins with one of {@code ends}, which is left to be read. */
    private List<Node> until(Set<String> ends) {
        if (++depth > MAX_DEPTH) {
            throw TemplateProblem.faulty("statements are nested deeper than " + MAX_DEPTH);
        }
        List<Node> nodes = new ArrayList<>();
        while (at < parts.size()) {
            Part part = parts.get(at);
            if (part.kind() == Part.Kind.TEXT) {
                nodes.add(new Node.Text(part.text()));
                at++;
            } else if (part.kind() == Part.Kind.OUTPUT) {
                nodes.add(new Node.Output(new ExprParser(part.text()).whole()));
                at++;
            } else {
                String word = firstWord(part.text());
                if (ends.contains(word)
                        || word.startsWith("end")
                        || word.equals("else")
                        || word.equals("elif")) {
                    break;
                }
                at++;
                statement(word, part.text().substring(word.length()), nodes);
            }
        }
        depth--;
        return nodes;
    }

    private void statement(String word, String rest, List<Node> nodes) {
        switch (word) {
            case "if" -> nodes.add(branches(rest));
            case "for" -> nodes.add(loop(rest));
            case "set" -> nodes.add(assignment(rest));
            case "macro" -> nodes.add(macro(rest));
            case "break" -> nodes.add(new Node.Break());
            case "continue" -> nodes.add(new Node.Continue());
            case "generation" -> {
                nodes.addAll(until(Set.of("endgeneration")));
                close("endgeneration");
            }
            default -> throw TemplateProblem.faulty("the statement '" + word + "' is not known");
        }
    }

    private Node branches(String condition) {
        List<Branch> branches = new ArrayList<>();
        branches.add(new Branch(new ExprParser(condition).whole(), until(Set.of())));
        List<Node> otherwise = List.of();
        while (true) {
            String text = closing("endif");
            String word = firstWord(text);
            switch (word) {
                case "elif" ->
                        branches.add(
                                new Branch(
                                        new ExprParser(text.substring(4)).whole(),
                                        until(Set.of())));
                case "else" -> otherwise = until(Set.of());
                case "endif" -> {
                    return new Node.If(branches, otherwise);
                }
                default ->
                        throw TemplateProblem.faulty(
                                "'" + word + "' stands where endif is missing");
            }
        }
    }

    private Node loop(String head) {
        ExprParser parser = new ExprParser(head);
        List<String> names = names(parser);
        parser.expect("in");
        Expr over = parser.or();
        Expr condition = parser.accept("if") ? parser.or() : null;
        parser.accept("recursive");
        parser.end();
        List<Node> body = until(Set.of());
        List<Node> otherwise = List.of();
        String text = closing("endfor");
        if (firstWord(text).equals("else")) {
            otherwise = until(Set.of());
            text = closing("endfor");
        }
        if (!firstWord(text).equals("endfor")) {
            throw TemplateProblem.faulty("'" + text + "' stands where endfor is missing");
        }
        return new Node.For(names, over, condition, body, otherwise);
    }

    private static List<String> names(ExprParser parser) {
        boolean bracket = parser.accept("(");
        List<String> names = new ArrayList<>();
        do {
            names.add(parser.name());
        } while (parser.accept(","));
        if (bracket) {
            parser.expect(")");
        }
        return names;
    }

    private Node assignment(String head) {
        ExprParser parser = new ExprParser(head);
        List<String> names = names(parser);
        String first = names.getFirst();
        if (parser.accept(".")) {
            String attribute = parser.name();
            parser.expect("=");
            return new Node.SetAttribute(first, attribute, rest(parser));
        }
        if (parser.atEnd()) {
            List<Node> body = until(Set.of());
            close("endset");
            return new Node.SetBlock(first, body);
        }
        parser.expect("=");
        return new Node.SetName(names, rest(parser));
    }

    private static Expr rest(ExprParser parser) {
        Expr value = parser.list();
        parser.end();
        return value;
    }

    private Node macro(String head) {
        ExprParser parser = new ExprParser(head);
        String name = parser.name();
        parser.expect("(");
        List<String> parameters = new ArrayList<>();
        List<@Nullable Expr> defaults = new ArrayList<>();
        while (!parser.accept(")")) {
            parameters.add(parser.name());
            defaults.add(parser.accept("=") ? parser.expression() : null);
            parser.accept(",");
        }
        parser.end();
        List<Node> body = until(Set.of());
        close("endmacro");
        return new Node.Macro(name, parameters, defaults, body);
    }

    private String closing(String wanted) {
        if (at >= parts.size()) {
            throw TemplateProblem.faulty("'" + wanted + "' is missing");
        }
        return parts.get(at++).text();
    }

    private void close(String wanted) {
        String text = closing(wanted);
        if (!firstWord(text).equals(wanted)) {
            throw TemplateProblem.faulty("'" + text + "' stands where " + wanted + " is missing");
        }
    }

    private static String firstWord(String text) {
        int end = 0;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end);
    }
}
