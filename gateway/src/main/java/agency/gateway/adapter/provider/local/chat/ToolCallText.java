package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.wire.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Takes tool calls out of a stream of text, where the model writes them as JSON between {@code
 * <tool_call>} tags. What is between tags but is no call stays text.
 */
final class ToolCallText {
    private final Supplier<String> ids;
    private final StringBuilder held = new StringBuilder();
    private boolean inside;

    ToolCallText(Supplier<String> ids) {
        this.ids = ids;
    }

    /** What has become clear: text to pass on, and calls. */
    record Seen(String text, List<ToolCall> calls) {}

    Seen add(String text) {
        held.append(text);
        StringBuilder out = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        while (true) {
            String tag = inside ? ToolForce.CLOSE : ToolForce.OPEN;
            int at = held.indexOf(tag);
            if (at < 0) {
                break;
            }
            String before = held.substring(0, at);
            held.delete(0, at + tag.length());
            if (inside) {
                ToolCall call = call(before);
                if (call == null) {
                    out.append(ToolForce.OPEN).append(before).append(ToolForce.CLOSE);
                } else {
                    calls.add(call);
                }
            } else {
                out.append(before.isBlank() && !calls.isEmpty() ? "" : before);
            }
            inside = !inside;
        }
        if (!inside) {
            int keep = beginning();
            out.append(held, 0, held.length() - keep);
            held.delete(0, held.length() - keep);
        }
        boolean onlySpace = !calls.isEmpty() && out.toString().isBlank();
        return new Seen(onlySpace ? "" : out.toString(), calls);
    }

    /**
     * Nothing more comes: an unfinished tag is text, an unfinished call is one if it reads as one.
     */
    Seen finish() {
        String rest = held.toString();
        held.setLength(0);
        if (!inside) {
            return new Seen(rest, List.of());
        }
        ToolCall call = call(rest);
        return call == null
                ? new Seen(ToolForce.OPEN + rest, List.of())
                : new Seen("", List.of(call));
    }

    private int beginning() {
        for (int length = Math.min(ToolForce.OPEN.length() - 1, held.length());
                length > 0;
                length--) {
            if (ToolForce.OPEN.startsWith(held.substring(held.length() - length))) {
                return length;
            }
        }
        return 0;
    }

    private @Nullable ToolCall call(String json) {
        try {
            JsonNode call = Fields.JSON.readTree(json.strip());
            JsonNode arguments = call.path("arguments");
            if (!call.path("name").isString() || !(arguments.isObject() || arguments.isString())) {
                return null;
            }
            String text = arguments.isString() ? arguments.stringValue() : arguments.toString();
            return new ToolCall(ids.get(), call.get("name").stringValue(), text);
        } catch (JacksonException notJson) {
            return null;
        }
    }
}
