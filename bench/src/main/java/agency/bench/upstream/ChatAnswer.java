package agency.bench.upstream;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The proper answer to a chat completion, whole or as the frames of a stream, in the shapes of
 * OpenAI's API reference (chat completion object, chat completion chunk object).
 */
final class ChatAnswer {

    private static final JsonMapper JSON = new JsonMapper();
    private static final long CREATED = 1_700_000_000L;
    private static final int MOST_CHUNKS = 100_000;
    private static final int MOST_CHOICES = 16;
    private static final int IMAGE_TOKENS = 85;
    private static final int MESSAGE_TOKENS = 3;
    private static final int ARGUMENT_PIECE_CHARS = 6;
    private static final String[] WORDS = {
        "Every",
        " token",
        " is",
        " counted:",
        " Grüße,",
        " 漢字,",
        " 🙂,",
        " straight",
        " from",
        " the",
        " script."
    };

    private final JsonNode request;
    private final String id;
    private final String model;
    private final int choices;
    private final List<String> words;
    private final List<Call> calls;
    private final String finish;
    private final Usage usage;

    private record Call(String id, String name, String arguments) {
        List<String> pieces() {
            List<String> pieces = new ArrayList<>();
            for (int at = 0; at < arguments.length(); at += ARGUMENT_PIECE_CHARS) {
                pieces.add(
                        arguments.substring(
                                at, Math.min(arguments.length(), at + ARGUMENT_PIECE_CHARS)));
            }
            return pieces;
        }
    }

    ChatAnswer(JsonNode request, Script script, String id, String model) {
        this.request = request;
        this.id = id;
        this.model = model;
        this.choices = Math.clamp(request.path("n").asInt(1), 1, MOST_CHOICES);
        this.calls = calls(request, script);
        List<String> said = calls.isEmpty() ? said(request, script) : List.of();
        int limit =
                Math.min(
                        request.path("max_completion_tokens").asInt(Integer.MAX_VALUE),
                        request.path("max_tokens").asInt(Integer.MAX_VALUE));
        boolean cut = said.size() > limit;
        this.words = cut ? said.subList(0, Math.max(0, limit)) : said;
        this.finish = cut ? "length" : calls.isEmpty() ? "stop" : "tool_calls";
        int produced = words.size() + calls.stream().mapToInt(c -> 1 + c.pieces().size()).sum();
        int reasoning = script.number("reasoning", 0);
        this.usage =
                new Usage(
                        promptTokens(request),
                        produced * choices + reasoning,
                        script.number("cached", 0),
                        reasoning,
                        script.word("usage", "true"));
    }

    static String usualText() {
        return String.join("", WORDS);
    }

    Usage usage() {
        return usage;
    }

    /** The text of the last message of the user: where an order may stand. */
    static String lastUserText(JsonNode request) {
        String last = "";
        for (JsonNode message : request.path("messages")) {
            if (!message.path("role").asString("").equals("user")) continue;
            JsonNode content = message.path("content");
            if (content.isString()) last = content.asString();
            for (JsonNode part : content) {
                if (part.path("type").asString("").equals("text"))
                    last = part.path("text").asString("");
            }
        }
        return last;
    }

    byte[] whole() {
        ObjectNode root = head("chat.completion");
        ArrayNode list = root.putArray("choices");
        for (int i = 0; i < choices; i++) {
            ObjectNode choice = list.addObject().put("index", i);
            ObjectNode message = choice.putObject("message").put("role", "assistant");
            if (calls.isEmpty()) {
                message.put("content", String.join("", words));
            } else {
                message.putNull("content");
                ArrayNode made = message.putArray("tool_calls");
                for (Call call : calls) {
                    ObjectNode node = made.addObject().put("id", call.id).put("type", "function");
                    node.putObject("function")
                            .put("name", call.name)
                            .put("arguments", call.arguments);
                }
            }
            message.putNull("refusal");
            message.putArray("annotations");
            if (logprobs()) logprobs(choice, words);
            else choice.putNull("logprobs");
            choice.put("finish_reason", finish);
        }
        usage.writeTo(root);
        return JSON.writeValueAsBytes(root);
    }

    /** Completion tokens billed for the whole answer. */
    int tokens() {
        return usage.completionTokens();
    }

    List<Frame> frames() {
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < choices; i++) {
            int index = i;
            frames.add(
                    frame(
                            index,
                            i == 0 ? usage.reasoning() : 0,
                            delta -> delta.put("role", "assistant").put("content", "")));
        }
        for (String word : words) {
            for (int i = 0; i < choices; i++) frames.add(wordFrame(i, word));
        }
        for (int i = 0; i < choices; i++) callFrames(frames, i);
        for (int i = 0; i < choices; i++) {
            ObjectNode root = head("chat.completion.chunk");
            ObjectNode choice = root.putArray("choices").addObject().put("index", i);
            choice.putObject("delta");
            choice.putNull("logprobs").put("finish_reason", finish);
            frames.add(new Frame(event(root), 0));
        }
        if (request.path("stream_options").path("include_usage").asBoolean(false) && usage.told()) {
            ObjectNode root = head("chat.completion.chunk");
            root.putArray("choices");
            usage.writeTo(root);
            frames.add(new Frame(event(root), 0));
        }
        return frames;
    }

    private Frame wordFrame(int index, String word) {
        ObjectNode root = head("chat.completion.chunk");
        ObjectNode choice = root.putArray("choices").addObject().put("index", index);
        choice.putObject("delta").put("content", word);
        if (logprobs()) logprobs(choice, List.of(word));
        else choice.putNull("logprobs");
        choice.putNull("finish_reason");
        return new Frame(event(root), 1);
    }

    private void callFrames(List<Frame> frames, int index) {
        for (int c = 0; c < calls.size(); c++) {
            Call call = calls.get(c);
            int place = c;
            frames.add(
                    frame(
                            index,
                            1,
                            delta -> {
                                ObjectNode node =
                                        delta.putArray("tool_calls")
                                                .addObject()
                                                .put("index", place);
                                node.put("id", call.id).put("type", "function");
                                node.putObject("function")
                                        .put("name", call.name)
                                        .put("arguments", "");
                            }));
            for (String piece : call.pieces()) {
                frames.add(
                        frame(
                                index,
                                1,
                                delta ->
                                        delta.putArray("tool_calls")
                                                .addObject()
                                                .put("index", place)
                                                .putObject("function")
                                                .put("arguments", piece)));
            }
        }
    }

    private Frame frame(int index, int tokens, java.util.function.Consumer<ObjectNode> fill) {
        ObjectNode root = head("chat.completion.chunk");
        ObjectNode choice = root.putArray("choices").addObject().put("index", index);
        fill.accept(choice.putObject("delta"));
        choice.putNull("logprobs").putNull("finish_reason");
        return new Frame(event(root), tokens);
    }

    private ObjectNode head(String object) {
        ObjectNode root = JSON.createObjectNode();
        root.put("id", "chatcmpl-" + id)
                .put("object", object)
                .put("created", CREATED)
                .put("model", model);
        root.put("service_tier", "default").put("system_fingerprint", "fp_scripted");
        return root;
    }

    static byte[] event(JsonNode root) {
        return ("data: " + JSON.writeValueAsString(root) + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private boolean logprobs() {
        return request.path("logprobs").asBoolean(false);
    }

    private static void logprobs(ObjectNode choice, List<String> words) {
        ObjectNode logprobs = choice.putObject("logprobs");
        ArrayNode content = logprobs.putArray("content");
        for (String word : words) {
            ObjectNode token = content.addObject().put("token", word).put("logprob", -0.25);
            ArrayNode bytes = token.putArray("bytes");
            for (byte b : word.getBytes(StandardCharsets.UTF_8)) bytes.add(b & 0xff);
            token.putArray("top_logprobs");
        }
        logprobs.putNull("refusal");
    }

    private static List<String> said(JsonNode request, Script script) {
        JsonNode format = request.path("response_format");
        String kind = format.path("type").asString("text");
        if (!kind.equals("text")) {
            String json =
                    kind.equals("json_schema")
                            ? ToolArguments.forSchema(format.path("json_schema").path("schema"))
                            : "{\"answer\":\"Zürich\"}";
            return new Call("", "", json).pieces();
        }
        int chunks = Math.clamp(script.number("chunks", WORDS.length), 0, MOST_CHUNKS);
        List<String> words = new ArrayList<>(chunks);
        for (int i = 0; i < chunks; i++) words.add(WORDS[i % WORDS.length]);
        return words;
    }

    private static List<Call> calls(JsonNode request, Script script) {
        JsonNode tools = request.path("tools");
        JsonNode messages = request.path("messages");
        JsonNode last = messages.path(messages.size() - 1);
        boolean answered = last.path("role").asString("").equals("tool");
        boolean declined = request.path("tool_choice").asString("").equals("none");
        if (tools.isEmpty() || answered || declined) return List.of();
        int many = Math.clamp(script.number("calls", 1), 1, 16);
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            JsonNode function = tools.get(i % tools.size()).path("function");
            calls.add(
                    new Call(
                            "call_" + i,
                            function.path("name").asString("nameless"),
                            ToolArguments.forSchema(function.path("parameters"))));
        }
        return calls;
    }

    private static int promptTokens(JsonNode request) {
        int tokens = 0;
        for (JsonNode message : request.path("messages")) {
            tokens += MESSAGE_TOKENS;
            JsonNode content = message.path("content");
            if (content.isString()) tokens += words(content.asString());
            for (JsonNode part : content) {
                tokens +=
                        part.path("type").asString("").equals("text")
                                ? words(part.path("text").asString(""))
                                : IMAGE_TOKENS;
            }
        }
        return tokens;
    }

    /** How many words a text has: the whole of this upstream's tokenizer. */
    static int words(String text) {
        int words = 0;
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            boolean blank = Character.isWhitespace(text.charAt(i));
            if (!blank && !inside) words++;
            inside = !blank;
        }
        return words;
    }
}
