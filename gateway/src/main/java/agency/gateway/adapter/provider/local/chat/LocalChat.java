package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.gguf.GgufHeader;
import agency.gateway.adapter.provider.local.gguf.GgufReader;
import agency.gateway.adapter.provider.local.wire.NotServed;
import agency.gateway.port.UpstreamFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Chat with the models on disk, each in a process of its own while it is in use. */
public final class LocalChat implements AutoCloseable {
    private final ChatSettings settings;
    private final Clock clock;
    private final Room room;
    private final Map<String, Opened> opened = new ConcurrentHashMap<>();

    private record Opened(ChatModel model, Prompter prompter) {}

    /** Nothing is loaded before it is asked for. */
    public LocalChat(ChatSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.room = new Room(settings.maxLoaded());
    }

    /**
     * Answers a chat request. Reads and renders on the calling thread, so not for an event loop.
     *
     * @param ask what is asked
     * @param file the model's file
     * @param out where the answer goes
     * @return cancels the request; it may block for a moment
     */
    public Runnable answer(ChatAsk ask, Path file, AnswerOut out) {
        try {
            Opened open = opened(ask.model(), file);
            ChatCall call =
                    CallReader.read(
                                    ask.body(),
                                    ask.stream(),
                                    ask.tellUsage(),
                                    open.prompter().knowsTools(),
                                    ask.model())
                            .withStops(open.prompter().ownStops());
            String id = "chatcmpl-" + ask.request().toString().replace("-", "");
            ChatJob job =
                    new ChatJob(
                            ask.caller(),
                            call,
                            open.prompter().prompt(call, LocalDateTime.now(clock)),
                            out,
                            new CompletionWriter(id, clock.instant().getEpochSecond(), ask.model()),
                            LocalChat::callId);
            open.model().submit(job);
            return () -> open.model().cancel(job);
        } catch (NotServed e) {
            out.failed(e.failure(), null);
            return () -> {};
        }
    }

    /** How it stands with a model's process. */
    public EngineState state(String model) {
        Opened open = opened.get(model);
        return open == null ? new EngineState.Unloaded() : open.model().state();
    }

    /** Whether a model's process failed and the next request will start another. */
    public boolean restarts(String model) {
        return state(model) instanceof EngineState.Failed(String _, int _, boolean lasting)
                && !lasting;
    }

    /** How many requests wait for a model. */
    public int waiting(String model) {
        Opened open = opened.get(model);
        return open == null ? 0 : open.model().waiting();
    }

    /** Forgets a model, for its file is about to change. */
    public void forget(String model) {
        Opened open = opened.remove(model);
        if (open != null) {
            open.model().close();
        }
    }

    private Opened opened(String name, Path file) {
        Opened known = opened.get(name);
        return known != null ? known : opened.computeIfAbsent(name, _ -> open(name, file));
    }

    private Opened open(String name, Path file) {
        GgufHeader header;
        try {
            header = GgufReader.read(file);
        } catch (IOException e) {
            throw new NotServed(
                    new UpstreamFailure.Refused(
                            500,
                            "server_error",
                            "model_not_loadable",
                            "The local model '%s' cannot be loaded: %s"
                                    .formatted(name, e.getMessage()),
                            null));
        }
        if (!header.runnable()) {
            throw new NotServed(
                    new UpstreamFailure.Refused(
                            400,
                            "invalid_request_error",
                            "model_not_supported",
                            ("The local model '%s' is of the architecture '%s', which the llama.cpp"
                                 + " in this version of Agency cannot run as a chat model; choose a"
                                 + " model of a supported one, such as llama, qwen2 or gemma3.")
                                    .formatted(name, header.architecture()),
                            "model"));
        }
        ChatModel model = new ChatModel(name, file, header, settings, room);
        model.start();
        return new Opened(model, new Prompter(name, header));
    }

    private static String callId() {
        byte[] bytes = new byte[12];
        ThreadLocalRandom.current().nextBytes(bytes);
        return "call_" + HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        opened.values().forEach(open -> open.model().close());
        opened.clear();
    }
}
