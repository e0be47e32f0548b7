package agency.gateway.adapter.provider.local.template;

import java.util.ArrayList;
import java.util.List;

/** Operators between two values. */
final class Arithmetic {
    private static final int MAX_REPEATS = 10_000;

    private Arithmetic() {}

    static Object of(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> Values.same(left, right);
            case "!=" -> !Values.same(left, right);
            case "<" -> Values.order(left, right) < 0;
            case ">" -> Values.order(left, right) > 0;
            case "<=" -> Values.order(left, right) <= 0;
            case ">=" -> Values.order(left, right) >= 0;
            case "in" -> Values.contains(right, left);
            case "~" -> Values.text(left) + Values.text(right);
            case "+" -> sum(left, right);
            case "*" -> product(left, right);
            case "-" -> numbers(operator, left, right);
            case "/" -> number(left) / number(right);
            case "//" -> Math.floorDiv(Values.integer(left), divisor(right));
            case "%" -> Math.floorMod(Values.integer(left), divisor(right));
            default -> throw TemplateProblem.faulty("the operator '" + operator + "' is not known");
        };
    }

    private static long divisor(Object value) {
        long by = Values.integer(value);
        if (by == 0) {
            throw TemplateProblem.faulty("a division by zero");
        }
        return by;
    }

    private static Object sum(Object left, Object right) {
        if (left instanceof List<?> a && right instanceof List<?> b) {
            List<Object> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }
        if (left instanceof Number && right instanceof Number) {
            return numbers("+", left, right);
        }
        boolean texts = left instanceof String || right instanceof String;
        boolean empty = left == Nothing.UNDEFINED || right == Nothing.UNDEFINED;
        if ((left instanceof String && right instanceof String) || (texts && empty)) {
            return Values.text(left) + Values.text(right);
        }
        throw TemplateProblem.faulty(
                Values.kind(left) + " and " + Values.kind(right) + " cannot be added");
    }

    private static Object product(Object left, Object right) {
        if (left instanceof String text) {
            return text.repeat(Math.clamp(Values.integer(right), 0, MAX_REPEATS));
        }
        return numbers("*", left, right);
    }

    private static Object numbers(String operator, Object left, Object right) {
        if (left instanceof Double || right instanceof Double) {
            double a = number(left);
            double b = number(right);
            return operator.equals("+") ? a + b : operator.equals("-") ? a - b : a * b;
        }
        long a = Values.integer(left);
        long b = Values.integer(right);
        return operator.equals("+") ? a + b : operator.equals("-") ? a - b : a * b;
    }

    private static double number(Object value) {
        if (value instanceof Number n) {
            return n.doubleValue();
        }
        throw TemplateProblem.faulty(Values.kind(value) + " is not a number");
    }
}
