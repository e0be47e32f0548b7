package agency.gateway.adapter.provider.local.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of a template. */
sealed interface Node {
    record Text(String text) implements Node {}

    record Output(Expr value) implements Node {}

    record If(List<Branch> branches, List<Node> otherwise) implements Node {}

    record For(
            List<String> names,
            Expr over,
            @Nullable Expr condition,
            List<Node> body,
            List<Node> otherwise)
            implements Node {}

    record SetName(List<String> names, Expr value) implements Node {}

    record SetAttribute(String name, String attribute, Expr value) implements Node {}

    record SetBlock(String name, List<Node> body) implements Node {}

    record Macro(
            String name, List<String> parameters, List<@Nullable Expr> defaults, List<Node> body)
            implements Node {}

    record Break() implements Node {}

    record Continue() implements Node {}

    /** What stands between the tags when the condition holds. */
    record Branch(Expr condition, List<Node> body) {}
}
