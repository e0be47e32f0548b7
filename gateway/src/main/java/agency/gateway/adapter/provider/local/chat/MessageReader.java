package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.template.Template;
import agency.gateway.adapter.provider.local.wire.Fields;
import agency.gateway.adapter.provider.local.wire.NotServed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads the messages of a chat request into what templates expect. */
final class MessageReader {
    /** Most messages of one conversation. */
    static final int MAX_MESSAGES = 4_096;

    private final String model;

    MessageReader(String model) {
        this.model = model;
    }

    List<Map<String, Object>> read(@Nullable JsonNode messages) {
        if (messages == null
                || !messages.isArray()
                || messages.isEmpty()
                || messages.size() > MAX_MESSAGES) {
            throw NotServed.invalid(
                    "messages",
                    "'messages' must be a list of 1 to %d messages.".formatted(MAX_MESSAGES));
        }
        List<Map<String, Object>> read = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            read.add(message(messages.get(i), "messages[" + i + "]"));
        }
        return read;
    }

    private Map<String, Object> message(JsonNode message, String path) {
        String role = message.path("role").asString("");
        Map<String, Object> read = new LinkedHashMap<>();
        switch (role) {
            case "system", "user", "assistant", "tool" -> read.put("role", role);
            case "developer" -> read.put("role", "system");
            default ->
                    throw NotServed.invalid(
                            path + ".role",
                            "'%s.role' must be system, developer, user, assistant or tool."
                                    .formatted(path));
        }
        read.put(
                "content",
                content(message.get("content"), path + ".content", role.equals("assistant")));
        for (String name : List.of("name", "tool_call_id")) {
            if (message.path(name).isString()) {
                read.put(name, message.get(name).stringValue());
            }
        }
        JsonNode calls = message.get("tool_calls");
        if (calls != null && calls.isArray() && !calls.isEmpty()) {
            List<Object> plain = new ArrayList<>();
            calls.values().forEach(call -> plain.add(toolCall(call, path)));
            read.put("tool_calls", plain);
        }
        return read;
    }

    private String content(@Nullable JsonNode content, String path, boolean mayBeMissing) {
        if (content == null || content.isNull()) {
            if (mayBeMissing) {
                return "";
            }
            throw NotServed.invalid(path, "'%s' is missing.".formatted(path));
        }
        if (content.isString()) {
            return content.stringValue();
        }
        if (!content.isArray()) {
            throw NotServed.invalid(
                    path, "'%s' must be a text or a list of parts.".formatted(path));
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < content.size(); i++) {
            texts.add(part(content.get(i), path + "[" + i + "]"));
        }
        return String.join("\n", texts);
    }

    private String part(JsonNode part, String path) {
        String type = part.path("type").asString("");
        JsonNode text = part.get(type.equals("refusal") ? "refusal" : "text");
        return switch (type) {
            case "text", "refusal" -> {
                if (text == null || !text.isString()) {
                    throw NotServed.invalid(path, "'%s' has no text.".formatted(path));
                }
                yield text.stringValue();
            }
            case "image_url", "input_image" -> throw notText(path, "images");
            case "input_audio" -> throw notText(path, "audio");
            case "file" -> throw notText(path, "files");
            default ->
                    throw NotServed.invalid(
                            path + ".type", "'%s.type' must be 'text'.".formatted(path));
        };
    }

    private NotServed notText(String path, String what) {
        return NotServed.unsupported(
                path, "The local model '%s' takes text only, no %s.".formatted(model, what));
    }

    /**
     * Templates write arguments out as JSON themselves, so they get them as values, not as text.
     */
    private static Object toolCall(JsonNode call, String path) {
        JsonNode function = call.path("function");
        if (!function.path("name").isString()) {
            throw NotServed.invalid(
                    path + ".tool_calls",
                    "Each of '%s.tool_calls' needs a function's name.".formatted(path));
        }
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("name", function.get("name").stringValue());
        named.put("arguments", arguments(function.path("arguments")));
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("id", call.path("id").asString(""));
        plain.put("type", "function");
        plain.put("function", named);
        return plain;
    }

    private static Object arguments(JsonNode arguments) {
        if (!arguments.isString()) {
            return Fields.plain(arguments, Template.NONE);
        }
        try {
            return Fields.plain(Fields.JSON.readTree(arguments.stringValue()), Template.NONE);
        } catch (JacksonException notJson) {
            return arguments.stringValue();
        }
    }
}
