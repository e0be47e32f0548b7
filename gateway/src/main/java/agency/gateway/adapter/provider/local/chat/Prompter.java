package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.gguf.GgufHeader;
import agency.gateway.adapter.provider.local.template.Template;
import agency.gateway.adapter.provider.local.template.TemplateProblem;
import agency.gateway.adapter.provider.local.wire.NotServed;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a model's prompt with the model's own template.
 *
 * <p>A control token's text in what a caller wrote must stay text: else a user could end his own
 * turn and begin one of the system. Such a text is marked after its first character, and the prompt
 * is cut at the marks, so that no part of it can be read as the token.
 */
final class Prompter {
    /** A character that Unicode reserves to never stand for anything. */
    private static final char MARK = '\ufdd0';

    private static final String GEMMA_TURN = "<start_of_turn>";

    /** For models of the Gemma family without a template. */
    private static final String GEMMA =
            "{{ bos_token }}{% for message in messages %}{% set role = 'model' if message.role =="
                + " 'assistant' else 'user' %}{{ '<start_of_turn>' + role + '\\n' + message.content"
                + " + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{"
                + " '<start_of_turn>model\\n' }}{% endif %}";

    private static final String CHATML_END = "<|im_end|>";

    /** For other models without a template: ChatML, which most understand. */
    private static final String CHATML =
            "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' +"
                    + " message.content + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt"
                    + " %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private final String model;
    private final GgufHeader header;
    private final Map<Character, List<String>> controls = new HashMap<>();
    private final @Nullable Template template;
    private final String problem;

    Prompter(String model, GgufHeader header) {
        this.model = model;
        this.header = header;
        for (String token : header.controlTokens()) {
            controls.computeIfAbsent(token.charAt(0), _ -> new ArrayList<>()).add(token);
        }
        Template read = null;
        String wrong = "";
        try {
            read = Template.of(header.chatTemplate().orElse(knows(GEMMA_TURN) ? GEMMA : CHATML));
        } catch (TemplateProblem e) {
            wrong = String.valueOf(e.getMessage());
        }
        this.template = read;
        this.problem = wrong;
    }

    private boolean knows(String token) {
        return header.controlTokens().contains(token);
    }

    /**
     * Texts that end an answer besides those the caller names: a model that has no token for the
     * end of a turn may spell it.
     */
    List<String> ownStops() {
        boolean spelled =
                header.chatTemplate().isEmpty() && !knows(GEMMA_TURN) && !knows(CHATML_END);
        return spelled ? List.of(CHATML_END) : List.of();
    }

    /**
     * Whether the template has a place for tools, and the way it writes calls is one we can read.
     */
    boolean knowsTools() {
        String source = header.chatTemplate().orElse("");
        return source.contains("tools") && source.contains(ToolForce.OPEN);
    }

    /**
     * The prompt, cut where a control token's text must not be read as that token.
     *
     * @throws NotServed if the template refuses the conversation
     */
    List<String> prompt(ChatCall call, LocalDateTime now) {
        if (template == null) {
            throw cannot(problem);
        }
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("messages", marked(call.messages()));
        if (!call.tools().isEmpty()) {
            context.put("tools", marked(call.tools()));
        }
        context.put("add_generation_prompt", true);
        context.put("bos_token", header.beginToken());
        context.put("eos_token", header.endToken());
        try {
            return List.of(template.render(context, now).split(String.valueOf(MARK), -1));
        } catch (TemplateProblem e) {
            if (e.refusal()) {
                throw NotServed.invalid(
                        "messages",
                        "The local model '%s' does not take this conversation: %s"
                                .formatted(model, e.getMessage()));
            }
            throw cannot(String.valueOf(e.getMessage()));
        }
    }

    private NotServed cannot(String why) {
        return NotServed.unsupported(
                "model",
                "The chat template of the local model '%s' cannot be used: %s."
                        .formatted(model, why));
    }

    private Object marked(Object value) {
        return switch (value) {
            case String text -> marked(text);
            case List<?> list -> {
                List<Object> copy = new ArrayList<>(list.size());
                list.forEach(item -> copy.add(marked(item)));
                yield copy;
            }
            case Map<?, ?> map -> {
                Map<String, Object> copy = new LinkedHashMap<>();
                map.forEach((key, item) -> copy.put(marked(key.toString()), marked(item)));
                yield copy;
            }
            default -> value;
        };
    }

    private String marked(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c == MARK ? '\ufffd' : c);
            if (controls.containsKey(c) && beginsControl(text, i)) {
                out.append(MARK);
            }
        }
        return out.toString();
    }

    private boolean beginsControl(String text, int at) {
        for (String token : controls.getOrDefault(text.charAt(at), List.of())) {
            if (text.startsWith(token, at)) {
                return true;
            }
        }
        return false;
    }
}
