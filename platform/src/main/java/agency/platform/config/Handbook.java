package agency.platform.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the documentation of all settings, so that it cannot differ from the program. */
public final class Handbook {
    private Handbook() {}

    /** One Markdown table per section: key, variable, type, default and what it does. */
    public static String markdown(Class<? extends Record> type) {
        Map<String, List<Leaf>> sections = new LinkedHashMap<>();
        for (Leaf leaf : Leaf.of(type)) {
            int dot = leaf.key().lastIndexOf('.');
            String section = dot < 0 ? "" : leaf.key().substring(0, dot);
            sections.computeIfAbsent(section, s -> new ArrayList<>()).add(leaf);
        }
        StringBuilder text = new StringBuilder();
        sections.forEach((section, leaves) -> {
            text.append("## ")
                    .append(section.isEmpty() ? "General" : "`" + section + "`")
                    .append("\n\n| Key | Variable | Type | Default | What it does |\n")
                    .append("|---|---|---|---|---|\n");
            leaves.forEach(leaf -> text.append(row(leaf)));
            text.append('\n');
        });
        return text.toString();
    }

    private static String row(Leaf leaf) {
        String variable = Leaf.variable(leaf.key());
        String variables =
                leaf.secret()
                        ? "`" + variable + "`, `" + variable + "_FILE`"
                        : "`" + variable + "`";
        String def = leaf.setting().def();
        String shown = !def.isEmpty() ? "`" + def + "`" : required(leaf) ? "must be set" : "none";
        return "| `"
                + leaf.key()
                + "` | "
                + variables
                + " | "
                + Values.name(leaf)
                + " | "
                + shown
                + " | "
                + leaf.setting().doc().replace("|", "\\|")
                + " |\n";
    }

    private static boolean required(Leaf leaf) {
        return !leaf.optional() && !leaf.list() && leaf.component().getType() != String.class;
    }
}
