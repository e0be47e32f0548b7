package agency.gateway.adapter.provider.local.template;

import agency.gateway.adapter.provider.local.template.Expr.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads an expression, with Jinja's precedence. */
final class ExprParser {
    /** Deepest nesting of an expression. */
    private static final int MAX_DEPTH = 100;

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");

    private final List<Token> words;
    private int at;
    private int depth;

    ExprParser(String text) {
        this.words = Lexer.words(text);
    }

    Expr whole() {
        Expr expr = list();
        end();
        return expr;
    }

    /** An expression, or several with commas between, which are a list. */
    Expr list() {
        Expr first = expression();
        if (!peek().is(",")) {
            return first;
        }
        List<Expr> items = new ArrayList<>(List.of(first));
        while (accept(",")) {
            items.add(expression());
        }
        return new Expr.ListOf(items);
    }

    Expr expression() {
        if (++depth > MAX_DEPTH) {
            throw TemplateProblem.faulty("an expression is nested deeper than " + MAX_DEPTH);
        }
        Expr value = or();
        while (accept("if")) {
            Expr condition = or();
            Expr otherwise = accept("else") ? expression() : null;
            value = new Expr.Choice(condition, value, otherwise);
        }
        depth--;
        return value;
    }

    /** An expression that a following {@code if} does not belong to, as in a loop's head. */
    Expr or() {
        Expr left = and();
        while (accept("or")) {
            left = new Expr.Binary("or", left, and());
        }
        return left;
    }

    private Expr and() {
        Expr left = not();
        while (accept("and")) {
            left = new Expr.Binary("and", left, not());
        }
        return left;
    }

    private Expr not() {
        return accept("not") ? new Expr.Not(not()) : comparison();
    }

    private Expr comparison() {
        Expr left = sum();
        while (true) {
            Token word = peek();
            if (word.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(word.text())) {
                at++;
                left = new Expr.Binary(word.text(), left, sum());
            } else if (accept("in")) {
                left = new Expr.Binary("in", left, sum());
            } else if (word.is("not") && words.get(at + 1).is("in")) {
                at += 2;
                left = new Expr.Not(new Expr.Binary("in", left, sum()));
            } else {
                return left;
            }
        }
    }

    private Expr sum() {
        Expr left = joined();
        while (peek().is("+") || peek().is("-")) {
            String operator = next().text();
            left = new Expr.Binary(operator, left, joined());
        }
        return left;
    }

    private Expr joined() {
        Expr left = product();
        while (accept("~")) {
            left = new Expr.Binary("~", left, product());
        }
        return left;
    }

    private Expr product() {
        Expr left = unary();
        while (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%")) {
            String operator = next().text();
            left = new Expr.Binary(operator, left, unary());
        }
        return left;
    }

    private Expr unary() {
        if (accept("-")) {
            return new Expr.Negative(unary());
        }
        accept("+");
        return filtered(postfixed(primary()));
    }

    private Expr filtered(Expr start) {
        Expr value = start;
        while (true) {
            if (accept("|")) {
                String name = name();
                List<Expr> arguments = new ArrayList<>();
                List<Named> named = new ArrayList<>();
                if (accept("(")) {
                    arguments(arguments, named);
                }
                value = new Expr.Filter(value, name, arguments, named);
            } else if (accept("is")) {
                boolean negated = accept("not");
                String name = name();
                List<Expr> arguments = new ArrayList<>();
                if (accept("(")) {
                    arguments(arguments, new ArrayList<>());
                } else if (startsValue(peek())) {
                    arguments.add(postfixed(primary()));
                }
                value = new Expr.Test(value, name, arguments, negated);
            } else {
                return value;
            }
        }
    }

    private static boolean startsValue(Token word) {
        return switch (word.kind()) {
            case STRING, INTEGER, DECIMAL -> true;
            case NAME ->
                    !Set.of("and", "or", "if", "else", "is", "in", "not").contains(word.text());
            case OPERATOR, END -> false;
        };
    }

    private Expr postfixed(Expr start) {
        Expr value = start;
        while (true) {
            if (accept(".")) {
                value = new Expr.Attribute(value, next().text());
            } else if (accept("[")) {
                value = subscript(value);
            } else if (accept("(")) {
                List<Expr> arguments = new ArrayList<>();
                List<Named> named = new ArrayList<>();
                arguments(arguments, named);
                value = new Expr.Call(value, arguments, named);
            } else {
                return value;
            }
        }
    }

    private Expr subscript(Expr of) {
        @Nullable Expr[] ends = new Expr[3];
        int colons = 0;
        while (!accept("]")) {
            if (accept(":")) {
                colons++;
            } else {
                ends[Math.min(colons, 2)] = expression();
            }
        }
        Expr first = ends[0];
        if (colons > 0) {
            return new Expr.Slice(of, first, ends[1], ends[2]);
        }
        if (first == null) {
            throw TemplateProblem.faulty("empty brackets");
        }
        return new Expr.Item(of, first);
    }

    private void arguments(List<Expr> arguments, List<Named> named) {
        while (!accept(")")) {
            if (peek().kind() == Token.Kind.NAME && words.get(at + 1).is("=")) {
                String name = next().text();
                at++;
                named.add(new Named(name, expression()));
            } else {
                arguments.add(expression());
            }
            separator(")");
        }
    }

    private Expr primary() {
        Token word = next();
        return switch (word.kind()) {
            case STRING -> string(word);
            case INTEGER -> new Expr.Constant(Long.valueOf(word.text()));
            case DECIMAL -> new Expr.Constant(Double.valueOf(word.text()));
            case NAME -> named(word.text());
            case OPERATOR -> bracketed(word.text());
            case END -> throw TemplateProblem.faulty("an expression ends early");
        };
    }

    private Expr string(Token first) {
        StringBuilder text = new StringBuilder(first.text());
        while (peek().kind() == Token.Kind.STRING) {
            text.append(next().text());
        }
        return new Expr.Constant(text.toString());
    }

    private static Expr named(String name) {
        return switch (name) {
            case "true", "True" -> new Expr.Constant(true);
            case "false", "False" -> new Expr.Constant(false);
            case "none", "None", "null" -> new Expr.Constant(Nothing.NONE);
            default -> new Expr.Name(name);
        };
    }

    private Expr bracketed(String operator) {
        return switch (operator) {
            case "(" -> parenthesised();
            case "[" -> {
                List<Expr> items = new ArrayList<>();
                while (!accept("]")) {
                    items.add(expression());
                    separator("]");
                }
                yield new Expr.ListOf(items);
            }
            case "{" -> {
                List<Expr> keys = new ArrayList<>();
                List<Expr> values = new ArrayList<>();
                while (!accept("}")) {
                    keys.add(expression());
                    expect(":");
                    values.add(expression());
                    separator("}");
                }
                yield new Expr.MapOf(keys, values);
            }
            default -> throw TemplateProblem.faulty("unexpected '" + operator + "'");
        };
    }

    private Expr parenthesised() {
        if (accept(")")) {
            return new Expr.ListOf(List.of());
        }
        Expr inside = list();
        expect(")");
        return inside;
    }

    private void separator(String end) {
        if (!peek().is(end)) {
            expect(",");
        }
    }

    String name() {
        Token word = next();
        if (word.kind() != Token.Kind.NAME) {
            throw TemplateProblem.faulty("a name is missing before '" + word.text() + "'");
        }
        return word.text();
    }

    boolean accept(String text) {
        if (peek().is(text)) {
            at++;
            return true;
        }
        return false;
    }

    void expect(String text) {
        if (!accept(text)) {
            throw TemplateProblem.faulty(
                    "'" + text + "' is missing before '" + peek().text() + "'");
        }
    }

    boolean atEnd() {
        return peek().kind() == Token.Kind.END;
    }

    void end() {
        if (!atEnd()) {
            throw TemplateProblem.faulty("unexpected '" + peek().text() + "'");
        }
    }

    private Token peek() {
        return words.get(at);
    }

    private Token next() {
        Token word = words.get(at);
        if (word.kind() != Token.Kind.END) {
            at++;
        }
        return word;
    }
}
