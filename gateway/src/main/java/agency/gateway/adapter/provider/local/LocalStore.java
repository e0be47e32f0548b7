package agency.gateway.adapter.provider.local;

import agency.gateway.adapter.provider.local.store.PullAnswer;
import agency.gateway.port.ModelStore;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local models as the gateway's catalogue sees them: looked at a few times a second, so that
 * reading is free and a change is told. Among them is {@link LocalProvider#DEFAULT}, the name under
 * which the first chat model can always be asked for, whatever it is.
 */
public final class LocalStore implements ModelStore, AutoCloseable {
    /** What to ask {@link #pull} for to get the small model that suits most machines. */
    public static final String DEFAULT_SOURCE = "default";

    private static final long LOOK_EVERY_MS = 250;
    private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);

    private final LocalProvider provider;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Thread looking = Thread.ofVirtual().name("local-models").unstarted(this::look);
    private volatile List<ModelStore.LocalModel> seen = List.of();

    /** The models of this provider; nothing is seen before {@link #start()}. */
    public LocalStore(LocalProvider provider) {
        this.provider = provider;
    }

    /** Begins to look. */
    public void start() {
        seen = ShownModels.of(provider);
        looking.start();
    }

    @Override
    public List<ModelStore.LocalModel> models() {
        return seen;
    }

    @Override
    public Pull pull(String source, boolean termsAccepted) {
        boolean usual = source.equals(DEFAULT_SOURCE);
        PullAnswer answer = usual ? provider.pullDefault() : provider.pull(source, termsAccepted);
        refresh();
        return switch (answer) {
            case PullAnswer.Begun(var pull) -> new Pull.Begun(ShownModels.shown(pull));
            case PullAnswer.TermsFirst(String name, var terms) ->
                    new Pull.TermsAsked(terms.title() + ": " + terms.summary(), terms.url());
            case PullAnswer.Refused(String reason) -> new Pull.Refused(reason);
        };
    }

    @Override
    public Optional<Fetch> fetch(String id) {
        try {
            return provider.pull(UUID.fromString(id)).map(ShownModels::shown);
        } catch (IllegalArgumentException noId) {
            return Optional.empty();
        }
    }

    @Override
    public void onChange(Runnable changed) {
        listeners.add(changed);
    }

    @Override
    public void close() {
        looking.interrupt();
    }

    private void look() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(LOOK_EVERY_MS);
                refresh();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void refresh() {
        try {
            List<ModelStore.LocalModel> now = ShownModels.of(provider);
            if (!now.equals(seen)) {
                seen = now;
                listeners.forEach(Runnable::run);
            }
        } catch (RuntimeException failed) {
            LOG.warn("the local models cannot be looked at: {}", failed.getMessage());
        }
    }
}
