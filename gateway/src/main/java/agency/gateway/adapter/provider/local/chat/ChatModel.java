package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.chat.EngineState.Failed;
import agency.gateway.adapter.provider.local.chat.EngineState.Loaded;
import agency.gateway.adapter.provider.local.chat.EngineState.Loading;
import agency.gateway.adapter.provider.local.chat.EngineState.Unloaded;
import agency.gateway.adapter.provider.local.gguf.GgufHeader;
import agency.gateway.adapter.provider.local.waiting.FairQueue;
import agency.gateway.port.UpstreamFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One chat model: its queue, and the thread that loads it on demand, asks it one question at a
 * time, and unloads it when it has been idle.
 *
 * <p>When its process dies, the request in it fails and the next one starts a new process, but not
 * before a rest that doubles with each crash; meanwhile requests are told when to come back.
 */
final class ChatModel implements AutoCloseable {
    /** Longest rest after crashes, in milliseconds. */
    static final long MAX_BACK_OFF_MS = 60_000;

    /** How long a request waits for another model to make room, in milliseconds. */
    static final long ROOM_MS = 60_000;

    private static final long FOREVER_MS = TimeUnit.DAYS.toMillis(1);
    private static final long STOPPING_MS = 5_000;
    private static final int BUSY_RETRY_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(ChatModel.class);

    private final String name;
    private final Path file;
    private final int contextTokens;
    private final ChatSettings settings;
    private final Room room;
    private final FairQueue<ChatJob> queue;
    private final Thread worker;
    private volatile boolean open = true;
    private volatile boolean leaving;
    private volatile EngineState state = new Unloaded();
    private @Nullable Engine engine;
    private long restUntilNanos;
    private int crashes;

    ChatModel(String name, Path file, GgufHeader header, ChatSettings settings, Room room) {
        this.name = name;
        this.file = file;
        this.contextTokens =
                header.contextTokens() > 0
                        ? Math.min(header.contextTokens(), settings.contextTokens())
                        : settings.contextTokens();
        this.settings = settings;
        this.room = room;
        this.queue = new FairQueue<>(settings.maxWaiting(), settings.maxWaitingPerCaller());
        this.worker = Thread.ofVirtual().name("local-model-" + name).unstarted(this::work);
    }

    void start() {
        worker.start();
    }

    EngineState state() {
        return state;
    }

    int waiting() {
        return queue.size();
    }

    /** Takes a job, or answers it with why not; never blocks. */
    void submit(ChatJob job) {
        if (!open) {
            job.fail(new UpstreamFailure.Busy("Agency is stopping.", BUSY_RETRY_SECONDS));
        } else if (!queue.offer(job.caller(), job)) {
            job.fail(
                    new UpstreamFailure.Busy(
                            "Too many requests wait for the local model '%s' (at most %d, %d of one key)."
                                    .formatted(
                                            name,
                                            settings.maxWaiting(),
                                            settings.maxWaitingPerCaller()),
                            BUSY_RETRY_SECONDS));
        }
    }

    /** Stops a job, waiting or running; may block for a moment. */
    void cancel(ChatJob job) {
        queue.remove(job.caller(), job);
        job.cancel();
    }

    /** Another model needs the room: unload as soon as there is nothing to do. */
    void leaveSoon() {
        leaving = true;
        queue.wake();
    }

    private void work() {
        try {
            while (open) {
                ChatJob job = queue.take(engine == null ? FOREVER_MS : settings.idleMs());
                if (job == null) {
                    unload();
                } else if (!job.cancelled()) {
                    serve(job);
                    if (leaving) {
                        unload();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            unload();
        }
    }

    private void serve(ChatJob job) throws InterruptedException {
        long rest = restUntilNanos - System.nanoTime();
        if (crashes > 0 && rest > 0) {
            job.fail(resting(rest));
            return;
        }
        try {
            Engine ready = ready();
            if (ready == null) {
                job.fail(
                        new UpstreamFailure.Busy(
                                "Other local models are busy and leave no room for '%s'."
                                        .formatted(name),
                                BUSY_RETRY_SECONDS));
                return;
            }
            job.run(ready);
            crashes = 0;
        } catch (EngineGone e) {
            crashed(String.valueOf(e.getMessage()), false);
            job.fail(
                    new UpstreamFailure.Disconnected(
                            "The process of the local model '%s' failed: %s."
                                    .formatted(name, e.getMessage())));
        } catch (Engine.Unloadable e) {
            crashed(String.valueOf(e.getMessage()), true);
            job.fail(unloadable(String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            job.fail(new UpstreamFailure.Busy("Agency is stopping.", BUSY_RETRY_SECONDS));
            throw e;
        } catch (IOException e) {
            crashed("a process could not be started", false);
            job.fail(
                    new UpstreamFailure.Unreachable(
                            "A process for the local model '%s' could not be started."
                                    .formatted(name)));
        }
    }

    private UpstreamFailure resting(long restNanos) {
        String reason = state instanceof Failed(String why, int _, boolean _) ? why : "it failed";
        if (state instanceof Failed(String _, int _, boolean lasting) && lasting) {
            return unloadable(reason);
        }
        return new UpstreamFailure.Busy(
                "The local model '%s' rests after its process failed: %s.".formatted(name, reason),
                (int) TimeUnit.NANOSECONDS.toSeconds(restNanos) + 1);
    }

    private UpstreamFailure unloadable(String reason) {
        return new UpstreamFailure.Refused(
                500,
                "server_error",
                "model_not_loadable",
                "The local model '%s' cannot be loaded: %s.".formatted(name, reason),
                null);
    }

    private @Nullable Engine ready()
            throws EngineGone, Engine.Unloadable, IOException, InterruptedException {
        Engine present = engine;
        if (present != null && present.ready()) {
            return present;
        }
        if (present != null) {
            LOG.warn(
                    "the process of local model {} was gone before it was asked; starting another",
                    name);
            unload();
        }
        if (!room.enter(this, ROOM_MS)) {
            return null;
        }
        leaving = false;
        state = new Loading();
        long began = System.nanoTime();
        Engine loaded = Engine.load(settings.natives(), file, contextTokens, settings.threads());
        engine = loaded;
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        state = new Loaded(loaded.pid(), millis);
        LOG.info(
                "local model {} loaded in {} ms (process {}, {} tokens of context)",
                name,
                millis,
                loaded.pid(),
                contextTokens);
        return loaded;
    }

    private void crashed(String reason, boolean lasting) {
        unload();
        crashes++;
        long restMs =
                Math.min(MAX_BACK_OFF_MS, settings.firstBackOffMs() << Math.min(crashes - 1, 16));
        restUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(restMs);
        state = new Failed(reason, crashes, lasting);
        LOG.warn(
                "local model {} failed ({} in a row), next try in {} ms: {}",
                name,
                crashes,
                restMs,
                reason);
    }

    private void unload() {
        Engine present = engine;
        engine = null;
        leaving = false;
        if (present != null) {
            present.close();
            state = new Unloaded();
            LOG.info("local model {} unloaded", name);
        }
        room.leave(this);
    }

    @Override
    public void close() {
        open = false;
        worker.interrupt();
        try {
            worker.join(STOPPING_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ChatJob left;
        while ((left = next()) != null) {
            left.fail(new UpstreamFailure.Busy("Agency is stopping.", BUSY_RETRY_SECONDS));
        }
    }

    private @Nullable ChatJob next() {
        try {
            return queue.take(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
