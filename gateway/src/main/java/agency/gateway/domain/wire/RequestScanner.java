package agency.gateway.domain.wire;

import agency.gateway.domain.wire.WireRequest.Edit;
import agency.gateway.domain.wire.WireRequest.Span;
import org.jspecify.annotations.Nullable;

/** Reads a request's body once: validates all of it, remembers the few fields that matter. */
public final class RequestScanner {
    private static final String ASK = "{\"include_usage\":true}";

    /** Most answers to one request. */
    public static final int MAX_CHOICES = 128;

    private final int length;
    private final JsonCursor json;
    private int seen;
    private @Nullable String model;
    private @Nullable Span modelAt;
    private boolean stream;
    private boolean tellUsage;
    private @Nullable Edit askUsage;
    private Edit dropOptions = Edit.NONE;
    private long maxTokens = -1;
    private long choices = 1;
    private int messages;

    private RequestScanner(byte[] body) {
        this.length = body.length;
        this.json = new JsonCursor(body, 0, body.length);
    }

    /** Scans a request to {@code /v1/chat/completions} or {@code /v1/embeddings}. */
    public static Scanned scan(byte[] body) {
        try {
            return new Scanned.Well(new RequestScanner(body).request());
        } catch (MalformedJson e) {
            return malformed(body, e);
        }
    }

    private static Scanned malformed(byte[] body, MalformedJson e) {
        int line = 1;
        int lineStart = 0;
        int offset = Math.min(e.offset(), body.length);
        for (int i = 0; i < offset; i++) {
            if (body[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        int column = Utf8.characters(body, lineStart, offset) + 1;
        return new Scanned.Malformed(line, column, e.what(), e.field());
    }

    private WireRequest request() {
        json.enter('{', "at the start of the request");
        int inside = json.at();
        for (boolean first = true; json.more(first, '}'); first = false) field();
        int after = json.next();
        if (after != -1) throw json.unexpected(after, "nothing after the request");
        if (model == null || modelAt == null) {
            throw new MalformedJson(json.at(), "the field model is missing", "model");
        }
        Edit ask =
                askUsage != null
                        ? askUsage
                        : new Edit(inside, inside, "\"stream_options\":" + ASK + ",");
        return new WireRequest(
                model,
                modelAt,
                stream,
                tellUsage,
                ask,
                dropOptions,
                maxTokens,
                choices,
                messages,
                json.images(),
                length - json.imageBytes(),
                json.textBytes());
    }

    private void field() {
        int start = json.at();
        String key = json.key();
        switch (key) {
            case "model" -> {
                once(0, key, start);
                model(key);
            }
            case "stream" -> {
                once(1, key, start);
                stream = !json.isNull() && json.bool(key);
            }
            case "stream_options" -> {
                once(2, key, start);
                json.next();
                int value = json.at();
                streamOptions();
                dropOptions = new Edit(value, json.at(), "null");
            }
            case "max_tokens" -> {
                once(3, key, start);
                limit(key);
            }
            case "max_completion_tokens" -> {
                once(4, key, start);
                limit(key);
            }
            case "n" -> {
                once(5, key, start);
                if (!json.isNull()) choices = choices(key);
            }
            case "messages", "input" -> {
                once(6, key, start);
                entries();
            }
            default -> json.value();
        }
    }

    /** Two readers of one request may take different ones of two equal fields; so neither. */
    private void once(int which, String key, int at) {
        if ((seen & (1 << which)) != 0) {
            throw new MalformedJson(at, "the field " + key + " is there twice", key);
        }
        seen |= 1 << which;
    }

    private void model(String key) {
        int first = json.next();
        if (first == -1) throw json.unexpected(first, "the name of a model");
        if (first != '"') throw new MalformedJson(json.at(), "model must be a string", key);
        int from = json.at();
        model = json.string();
        modelAt = new Span(from, json.at());
    }

    private void limit(String key) {
        if (!json.isNull()) maxTokens = Math.max(maxTokens, json.count(key));
    }

    private long choices(String key) {
        int at = json.at();
        long n = json.count(key);
        if (n < 1 || n > MAX_CHOICES) {
            throw new MalformedJson(at, "n must be from 1 to " + MAX_CHOICES, key);
        }
        return n;
    }

    private void entries() {
        if (json.next() != '[') {
            json.value();
            messages = 1;
            return;
        }
        json.enter('[', "");
        for (boolean first = true; json.more(first, ']'); first = false) {
            json.value();
            messages++;
        }
    }

    private void streamOptions() {
        int before = json.next();
        int from = json.at();
        if (json.isNull()) {
            askUsage = new Edit(from, json.at(), ASK);
            return;
        }
        if (before == -1) throw json.unexpected(before, "an object");
        if (before != '{') {
            throw new MalformedJson(from, "stream_options must be an object", "stream_options");
        }
        json.enter('{', "");
        int inside = json.at();
        boolean empty = true;
        for (; json.more(empty, '}'); empty = false) {
            int start = json.at();
            if (json.key().equals("include_usage")) {
                once(7, "include_usage", start);
                json.next();
                int value = json.at();
                tellUsage = !json.isNull() && json.bool("include_usage");
                askUsage = new Edit(value, json.at(), "true");
            } else {
                json.value();
            }
        }
        if (askUsage == null) {
            askUsage = new Edit(inside, inside, "\"include_usage\":true" + (empty ? "" : ","));
        }
    }
}
