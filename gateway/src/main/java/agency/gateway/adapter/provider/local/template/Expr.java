package agency.gateway.adapter.provider.local.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression. */
sealed interface Expr {
    record Constant(Object value) implements Expr {}

    record Name(String name) implements Expr {}

    record ListOf(List<Expr> items) implements Expr {}

    record MapOf(List<Expr> keys, List<Expr> values) implements Expr {}

    record Attribute(Expr of, String name) implements Expr {}

    record Item(Expr of, Expr index) implements Expr {}

    record Slice(Expr of, @Nullable Expr from, @Nullable Expr to, @Nullable Expr step)
            implements Expr {}

    record Call(Expr function, List<Expr> arguments, List<Named> named) implements Expr {}

    record Filter(Expr of, String name, List<Expr> arguments, List<Named> named) implements Expr {}

    record Test(Expr of, String name, List<Expr> arguments, boolean negated) implements Expr {}

    record Not(Expr of) implements Expr {}

    record Negative(Expr of) implements Expr {}

    record Binary(String operator, Expr left, Expr right) implements Expr {}

    record Choice(Expr condition, Expr then, @Nullable Expr otherwise) implements Expr {}

    /** An argument with a name. */
    record Named(String name, Expr value) {}
}
