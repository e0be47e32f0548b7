package agency.gateway.adapter.provider.local;

import agency.gateway.adapter.provider.local.LocalModel.Kind;
import agency.gateway.adapter.provider.local.LocalModel.State;
import agency.gateway.adapter.provider.local.chat.ChatAsk;
import agency.gateway.adapter.provider.local.chat.EngineState;
import agency.gateway.adapter.provider.local.chat.LocalChat;
import agency.gateway.adapter.provider.local.embed.LocalEmbeddings;
import agency.gateway.adapter.provider.local.store.Downloads;
import agency.gateway.adapter.provider.local.store.KnownModel;
import agency.gateway.adapter.provider.local.store.ModelManifest;
import agency.gateway.adapter.provider.local.store.ModelStore;
import agency.gateway.adapter.provider.local.store.Pull;
import agency.gateway.adapter.provider.local.store.PullAnswer;
import agency.gateway.adapter.provider.local.store.PullProgress;
import agency.gateway.adapter.provider.local.store.PullState;
import agency.gateway.adapter.provider.local.store.Pulls;
import agency.gateway.port.AnswerSink;
import agency.gateway.port.ModelProvider;
import agency.gateway.port.ModelRequest;
import agency.gateway.port.RunningAttempt;
import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Permit;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The provider {@code local}: chat models that lie on this machine, each in a process of its own
 * while it is in use, and an embedding model that comes along.
 */
public final class LocalProvider implements ModelProvider, AutoCloseable {
    /**
     * The name under which the first chat model on this machine can be asked for, whatever it is.
     */
    public static final String DEFAULT = "local";

    private static final int FETCHING_RETRY_SECONDS = 10;
    private static final int FAILED_RETRY_SECONDS = 60;

    private final ModelStore store;
    private final Pulls pulls;
    private final LocalChat chat;
    private final LocalEmbeddings embeddings;

    /**
     * Assembles it; nothing is touched before {@link #start()}.
     *
     * @param downloads the guarded way to the model hub
     */
    public LocalProvider(LocalSettings settings, Downloads downloads, Clock clock) {
        this.store = new ModelStore(settings.models(), downloads, settings.hub());
        this.chat = new LocalChat(settings.chat(), clock);
        this.pulls = new Pulls(store, chat::forget);
        this.embeddings =
                new LocalEmbeddings(
                        settings.natives(),
                        settings.chat().threads(),
                        settings.chat().maxWaiting(),
                        settings.chat().maxWaitingPerCaller(),
                        settings.chat().idleMs());
    }

    /** Begins to serve; loads nothing yet. */
    public void start() {
        embeddings.start();
        pulls.start();
    }

    @Override
    public RunningAttempt start(Permit permit, ModelRequest request, AnswerSink sink) {
        Context context = Vertx.currentContext();
        if (context == null) {
            throw new IllegalStateException("a provider is started on an event loop");
        }
        LocalAttempt attempt = new LocalAttempt(context, sink, request.stream());
        Thread.ofVirtual().name("local-request").start(() -> begin(request, attempt));
        return attempt;
    }

    private void begin(ModelRequest request, LocalAttempt attempt) {
        String model =
                request.model().equals(DEFAULT)
                        ? first().map(LocalModel::name).orElse(DEFAULT)
                        : request.model();
        boolean vectors = model.equals(LocalEmbeddings.MODEL);
        if (vectors != (request.operation() == Operation.EMBEDDINGS)) {
            attempt.failed(
                    refused(
                            400,
                            "model_not_supported",
                            vectors
                                    ? "The model '%s' makes embeddings and cannot chat."
                                            .formatted(model)
                                    : "The local model '%s' makes no embeddings; '%s' does."
                                            .formatted(model, LocalEmbeddings.MODEL)));
            return;
        }
        if (vectors) {
            attempt.cancelledBy(
                    embeddings.answer(request.body().getBytes(), request.fairness(), attempt));
            return;
        }
        Optional<Path> file = store.file(model);
        if (file.isEmpty()) {
            attempt.failed(missing(model));
            return;
        }
        attempt.cancelledBy(
                chat.answer(
                        new ChatAsk(
                                request.request(),
                                model,
                                request.body().getBytes(),
                                request.stream(),
                                request.tellUsage(),
                                request.fairness()),
                        file.get(),
                        attempt));
    }

    private UpstreamFailure missing(String model) {
        return switch (pulls.state(model).orElse(null)) {
            case PullState.Fetching(PullProgress progress) ->
                    new UpstreamFailure.Busy(
                            "The local model '%s' is being fetched: %d %%."
                                    .formatted(model, progress.percent()),
                            FETCHING_RETRY_SECONDS);
            case PullState.Failed(String reason) ->
                    new UpstreamFailure.Busy(
                            "The local model '%s' is not here: %s".formatted(model, reason),
                            FAILED_RETRY_SECONDS);
            case PullState.Done _ ->
                    refused(
                            404,
                            "model_not_found",
                            "The local model '%s' is not here.".formatted(model));
            case null ->
                    refused(
                            404,
                            "model_not_found",
                            "The local model '%s' is not here.".formatted(model));
        };
    }

    private static UpstreamFailure refused(int status, String code, String message) {
        return new UpstreamFailure.Refused(status, "invalid_request_error", code, message, "model");
    }

    /** All local models, those included that are being fetched, by name. */
    public List<LocalModel> models() {
        Map<String, LocalModel> all = new TreeMap<>();
        pulls.states()
                .forEach((label, state) ->
                        unfinished(label, state).ifPresent(m -> all.put(label, m)));
        for (String name : store.names()) {
            Optional<ModelManifest> manifest = store.manifest(name);
            all.put(
                    name,
                    new LocalModel(
                            name,
                            Kind.CHAT,
                            stateOf(chat.state(name)),
                            manifest.map(ModelManifest::licence).orElse(""),
                            manifest.map(ModelManifest::bytes).orElse(0L),
                            manifest.map(ModelManifest::contextTokens).orElse(0)));
        }
        all.put(
                LocalEmbeddings.MODEL,
                new LocalModel(
                        LocalEmbeddings.MODEL,
                        Kind.EMBEDDINGS,
                        new State.Ready(),
                        "MIT",
                        34_014_426,
                        512));
        return new ArrayList<>(all.values());
    }

    /**
     * The chat model that {@link #DEFAULT} stands for: one that is here before one that is being
     * fetched before one that failed, the models Agency knows in their order before others. One
     * whose process crashed is still here: the next request starts another.
     */
    public Optional<LocalModel> first() {
        List<String> known = KnownModel.all().stream().map(KnownModel::name).toList();
        return models().stream()
                .filter(model -> model.kind() == Kind.CHAT)
                .min(
                        Comparator.comparingInt(this::reach)
                                .thenComparingInt(model ->
                                        known.contains(model.name())
                                                ? known.indexOf(model.name())
                                                : known.size()));
    }

    private int reach(LocalModel model) {
        return switch (model.state()) {
            case State.Ready(), State.Loading(), State.Loaded(long _) -> 0;
            case State.Fetching(PullProgress _) -> 1;
            case State.Failed(String _) -> chat.restarts(model.name()) ? 0 : 2;
        };
    }

    private static Optional<LocalModel> unfinished(String label, PullState state) {
        String licence = KnownModel.named(label).map(KnownModel::licence).orElse("");
        return switch (state) {
            case PullState.Fetching(PullProgress progress) ->
                    Optional.of(
                            new LocalModel(
                                    label,
                                    Kind.CHAT,
                                    new State.Fetching(progress),
                                    licence,
                                    progress.totalBytes(),
                                    0));
            case PullState.Failed(String reason) ->
                    Optional.of(
                            new LocalModel(
                                    label, Kind.CHAT, new State.Failed(reason), licence, 0, 0));
            case PullState.Done _ -> Optional.empty();
        };
    }

    private static State stateOf(EngineState state) {
        return switch (state) {
            case EngineState.Unloaded() -> new State.Ready();
            case EngineState.Loading() -> new State.Loading();
            case EngineState.Loaded(long pid, long _) -> new State.Loaded(pid);
            case EngineState.Failed(String reason, int _, boolean _) -> new State.Failed(reason);
        };
    }

    /**
     * Fetches a model in the background: a known name, {@code hf:owner/repo[:file]}, or the path of
     * a GGUF file.
     *
     * @param acceptTerms whether the person has accepted the model's terms, where it has any
     */
    public PullAnswer pull(String what, boolean acceptTerms) {
        return pulls.pull(what, acceptTerms);
    }

    /** Fetches a small open model in the background. */
    public PullAnswer pullDefault() {
        return pulls.pullDefault();
    }

    /** One of the last pulls. */
    public Optional<Pull> pull(UUID id) {
        return pulls.pull(id);
    }

    /** What is being fetched, and how the last ones ended. */
    public Map<String, PullState> pulls() {
        return pulls.states();
    }

    @Override
    public void close() {
        pulls.close();
        chat.close();
        embeddings.close();
    }
}
