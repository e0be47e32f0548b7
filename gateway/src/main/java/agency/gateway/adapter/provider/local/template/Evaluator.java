package agency.gateway.adapter.provider.local.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a template once, counting its steps. */
final class Evaluator {
    /** Most steps of one run: a template comes with a model, and models come from anywhere. */
    static final int MAX_STEPS = 2_000_000;

    /** Longest text it may make, in characters. */
    static final int MAX_CHARACTERS = 32 << 20;

    private static final int MAX_CALLS = 50;
    private static final long MAX_RANGE = 100_000;

    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    private int steps;
    private int calls;
    private StringBuilder out = new StringBuilder();

    String run(List<Node> nodes, Map<String, Object> context) {
        Scope scope = new Scope(null);
        scope.names.put(
                "raise_exception",
                (Function)
                        (a, n) -> {
                            throw TemplateProblem.refused(
                                    a.isEmpty() ? "no reason given" : Values.text(a.get(0)));
                        });
        scope.names.put("namespace", (Function) (a, n) -> new LinkedHashMap<>(n));
        scope.names.put("dict", (Function) (a, n) -> new LinkedHashMap<>(n));
        scope.names.put("range", (Function) (a, n) -> range(a));
        scope.names.putAll(context);
        run(nodes, scope);
        return out.toString();
    }

    private static final class Scope {
        final Map<String, Object> names = new HashMap<>();
        final @Nullable Scope outer;

        Scope(@Nullable Scope outer) {
            this.outer = outer;
        }

        Object find(String name) {
            for (Scope scope = this; scope != null; scope = scope.outer) {
                Object value = scope.names.get(name);
                if (value != null) {
                    return value;
                }
            }
            return Nothing.UNDEFINED;
        }
    }

    private Flow run(List<Node> nodes, Scope scope) {
        for (Node node : nodes) {
            step();
            Flow flow = run(node, scope);
            if (flow != Flow.ON) {
                return flow;
            }
        }
        return Flow.ON;
    }

    private Flow run(Node node, Scope scope) {
        switch (node) {
            case Node.Text(String text) -> print(text);
            case Node.Output(Expr value) -> print(Values.text(value(value, scope)));
            case Node.If branches -> {
                return branch(branches, scope);
            }
            case Node.For loop -> loop(loop, scope);
            case Node.SetName(List<String> names, Expr value) ->
                    assign(names, value(value, scope), scope);
            case Node.SetAttribute set -> setAttribute(set, scope);
            case Node.SetBlock(String name, List<Node> body) ->
                    scope.names.put(name, captured(body, scope));
            case Node.Macro macro -> scope.names.put(macro.name(), macro(macro, scope));
            case Node.Break() -> {
                return Flow.BREAK;
            }
            case Node.Continue() -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    private Flow branch(Node.If branches, Scope scope) {
        for (Node.Branch branch : branches.branches()) {
            if (Values.truth(value(branch.condition(), scope))) {
                return run(branch.body(), scope);
            }
        }
        return run(branches.otherwise(), scope);
    }

    private void loop(Node.For loop, Scope scope) {
        List<Object> items = new ArrayList<>();
        for (Object item : Values.items(value(loop.over(), scope))) {
            Expr condition = loop.condition();
            if (condition != null) {
                Scope inner = new Scope(scope);
                assign(loop.names(), item, inner);
                if (!Values.truth(value(condition, inner))) {
                    continue;
                }
            }
            items.add(item);
        }
        if (items.isEmpty()) {
            run(loop.otherwise(), scope);
        }
        for (int i = 0; i < items.size(); i++) {
            Scope inner = new Scope(scope);
            assign(loop.names(), items.get(i), inner);
            inner.names.put("loop", loopFacts(items, i));
            if (run(loop.body(), inner) == Flow.BREAK) {
                return;
            }
        }
    }

    private static Map<String, Object> loopFacts(List<Object> items, int i) {
        Map<String, Object> facts = new HashMap<>();
        facts.put("index", i + 1L);
        facts.put("index0", (long) i);
        facts.put("revindex", (long) items.size() - i);
        facts.put("revindex0", items.size() - i - 1L);
        facts.put("first", i == 0);
        facts.put("last", i == items.size() - 1);
        facts.put("length", (long) items.size());
        facts.put("previtem", i == 0 ? Nothing.UNDEFINED : items.get(i - 1));
        facts.put("nextitem", i == items.size() - 1 ? Nothing.UNDEFINED : items.get(i + 1));
        return facts;
    }

    private static void assign(List<String> names, Object value, Scope scope) {
        if (names.size() == 1) {
            scope.names.put(names.getFirst(), value);
            return;
        }
        List<Object> items = Values.items(value);
        if (items.size() != names.size()) {
            throw TemplateProblem.faulty(items.size() + " values for " + names.size() + " names");
        }
        for (int i = 0; i < names.size(); i++) {
            scope.names.put(names.get(i), items.get(i));
        }
    }

    @SuppressWarnings("unchecked") // namespaces are made by us
    private void setAttribute(Node.SetAttribute set, Scope scope) {
        if (!(scope.find(set.name()) instanceof Map<?, ?> namespace)) {
            throw TemplateProblem.faulty("'" + set.name() + "' is not a namespace");
        }
        ((Map<String, Object>) namespace).put(set.attribute(), value(set.value(), scope));
    }

    private String captured(List<Node> body, Scope scope) {
        StringBuilder outer = out;
        out = new StringBuilder();
        try {
            run(body, scope);
            return out.toString();
        } finally {
            out = outer;
        }
    }

    private Function macro(Node.Macro macro, Scope scope) {
        return (arguments, named) -> {
            if (++calls > MAX_CALLS) {
                throw TemplateProblem.faulty("macros call each other deeper than " + MAX_CALLS);
            }
            Scope inner = new Scope(scope);
            for (int i = 0; i < macro.parameters().size(); i++) {
                String name = macro.parameters().get(i);
                Expr preset = macro.defaults().get(i);
                Object preferred = i < arguments.size() ? arguments.get(i) : named.get(name);
                Object value =
                        preferred != null
                                ? preferred
                                : preset == null ? Nothing.UNDEFINED : value(preset, inner);
                inner.names.put(name, value);
            }
            String text = captured(macro.body(), inner);
            calls--;
            return text;
        };
    }

    private Object value(Expr expr, Scope scope) {
        step();
        return switch (expr) {
            case Expr.Constant(Object value) -> value;
            case Expr.Name(String name) -> scope.find(name);
            case Expr.ListOf(List<Expr> items) -> values(items, scope);
            case Expr.MapOf map -> mapping(map, scope);
            case Expr.Attribute(Expr of, String name) -> attribute(value(of, scope), name);
            case Expr.Item(Expr of, Expr index) -> item(value(of, scope), value(index, scope));
            case Expr.Slice slice ->
                    Slices.of(
                            value(slice.of(), scope),
                            end(slice.from(), scope),
                            end(slice.to(), scope),
                            end(slice.step(), scope));
            case Expr.Call call -> call(call, scope);
            case Expr.Filter(Expr of, String name, List<Expr> arguments, List<Expr.Named> named) ->
                    Filters.apply(
                            name, value(of, scope), values(arguments, scope), named(named, scope));
            case Expr.Test(Expr of, String name, List<Expr> arguments, boolean negated) ->
                    Filters.holds(name, value(of, scope), values(arguments, scope)) != negated;
            case Expr.Not(Expr of) -> !Values.truth(value(of, scope));
            case Expr.Negative(Expr of) ->
                    value(of, scope) instanceof Double d
                            ? (Object) (-d)
                            : (Object) (-Values.integer(value(of, scope)));
            case Expr.Binary binary -> binary(binary, scope);
            case Expr.Choice(Expr condition, Expr then, Expr otherwise) ->
                    Values.truth(value(condition, scope))
                            ? value(then, scope)
                            : otherwise == null ? Nothing.UNDEFINED : value(otherwise, scope);
        };
    }

    private @Nullable Long end(@Nullable Expr expr, Scope scope) {
        Object value = expr == null ? Nothing.NONE : value(expr, scope);
        return value instanceof Nothing ? null : Values.integer(value);
    }

    private List<Object> values(List<Expr> items, Scope scope) {
        List<Object> values = new ArrayList<>(items.size());
        for (Expr item : items) {
            values.add(value(item, scope));
        }
        return values;
    }

    private Map<String, Object> named(List<Expr.Named> named, Scope scope) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Expr.Named one : named) {
            values.put(one.name(), value(one.value(), scope));
        }
        return values;
    }

    private Map<String, Object> mapping(Expr.MapOf map, Scope scope) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < map.keys().size(); i++) {
            values.put(
                    Values.text(value(map.keys().get(i), scope)),
                    value(map.values().get(i), scope));
        }
        return values;
    }

    private static Object attribute(Object of, String name) {
        Object found = Filters.attribute(of, name);
        if (found != Nothing.UNDEFINED) {
            return found;
        }
        Function method = Methods.of(of, name);
        return method == null ? Nothing.UNDEFINED : method;
    }

    private static Object item(Object of, Object index) {
        if (of instanceof Map<?, ?>) {
            return Filters.attribute(of, Values.text(index));
        }
        if (!(of instanceof List<?>) && !(of instanceof String)) {
            return Nothing.UNDEFINED;
        }
        List<Object> items = Values.items(of);
        long at = Values.integer(index);
        long from = at < 0 ? at + items.size() : at;
        return from < 0 || from >= items.size() ? Nothing.UNDEFINED : items.get((int) from);
    }

    private Object call(Expr.Call call, Scope scope) {
        Object function = value(call.function(), scope);
        if (!(function instanceof Function callable)) {
            throw TemplateProblem.faulty("it calls something that is " + Values.kind(function));
        }
        try {
            return bounded(
                    callable.call(values(call.arguments(), scope), named(call.named(), scope)));
        } catch (IndexOutOfBoundsException e) {
            throw TemplateProblem.faulty("a call lacks an argument");
        }
    }

    private Object binary(Expr.Binary binary, Scope scope) {
        Object left = value(binary.left(), scope);
        return switch (binary.operator()) {
            case "and" -> Values.truth(left) ? value(binary.right(), scope) : left;
            case "or" -> Values.truth(left) ? left : value(binary.right(), scope);
            default ->
                    bounded(Arithmetic.of(binary.operator(), left, value(binary.right(), scope)));
        };
    }

    private static List<Object> range(List<Object> arguments) {
        long from = arguments.size() > 1 ? Values.integer(arguments.get(0)) : 0;
        long to = Values.integer(arguments.get(arguments.size() > 1 ? 1 : 0));
        long by = arguments.size() > 2 ? Values.integer(arguments.get(2)) : 1;
        if (by == 0 || Math.abs((to - from) / by) > MAX_RANGE) {
            throw TemplateProblem.faulty("a range of more than " + MAX_RANGE);
        }
        List<Object> numbers = new ArrayList<>();
        for (long i = from; by > 0 ? i < to : i > to; i += by) {
            numbers.add(i);
        }
        return numbers;
    }

    private void print(String text) {
        out.append(bounded(text));
        if (out.length() > MAX_CHARACTERS) {
            throw TemplateProblem.faulty("it makes more than " + MAX_CHARACTERS + " characters");
        }
    }

    private static <T> T bounded(T value) {
        boolean tooMuch =
                (value instanceof String s && s.length() > MAX_CHARACTERS)
                        || (value instanceof List<?> list && list.size() > MAX_STEPS);
        if (tooMuch) {
            throw TemplateProblem.faulty("it makes more than " + MAX_CHARACTERS + " characters");
        }
        return value;
    }

    private void step() {
        if (++steps > MAX_STEPS) {
            throw TemplateProblem.faulty("it takes more than " + MAX_STEPS + " steps");
        }
    }
}
