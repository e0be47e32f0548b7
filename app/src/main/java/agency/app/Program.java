package agency.app;

import agency.gateway.adapter.provider.local.LocalStore;
import agency.gateway.api.Gateway;
import agency.gateway.port.ModelStore;
import agency.kernel.id.IdSource;
import agency.kernel.id.Ids;
import agency.platform.crypto.MasterKey;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running program: the parts of {@link Wiring} started, the installation opened, and how it is
 * stopped.
 */
public final class Program {
    private static final Logger LOG = LoggerFactory.getLogger(Program.class);

    private final AgencySettings settings;
    private final Wiring wiring;
    private final boolean wantModel;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile String firstFetch = "";

    /**
     * How far the first model has come.
     *
     * @param model the name under which it can be called; empty until it is ready
     * @param running whether it is still being fetched
     * @param bytesDone how much is here
     * @param bytesTotal how much it is, 0 when not known yet
     * @param error why it failed; empty when it did not
     */
    public record ModelFetch(
            String model, boolean running, long bytesDone, long bytesTotal, String error) {}

    private boolean hasChatModel() {
        return wiring.gateway.hasProviders()
                || wiring.localModels.models().stream()
                        .anyMatch(model ->
                                model.kind().equals("chat") && model.state().equals("ready"));
    }

    private Program(AgencySettings settings, Wiring wiring, boolean wantModel) {
        this.settings = settings;
        this.wiring = wiring;
        this.wantModel = wantModel;
    }

    /**
     * Puts the parts together; nothing is started yet, but the master key is read, or made at the
     * first start.
     *
     * @param wantModel whether to fetch a small model when there is no provider
     */
    public static Program assemble(AgencySettings settings, boolean wantModel) {
        SecretSource random = SecretSource.system();
        MasterKey masterKey =
                settings.masterKey() == null
                        ? MasterKey.at(
                                MasterKey.usualFile(
                                        System.getenv(), Path.of(System.getProperty("user.home"))),
                                settings.data(),
                                random)
                        : MasterKey.of(settings.masterKey());
        IdSource ids =
                () -> {
                    ThreadLocalRandom chance = ThreadLocalRandom.current();
                    return Ids.version7(
                            System.currentTimeMillis(), chance.nextLong(), chance.nextLong());
                };
        return new Program(
                settings,
                new Wiring(settings, masterKey, random, ids, InstantSource.system()),
                wantModel);
    }

    /** Starts every part; when this returns, requests are answered. */
    public void start() {
        wiring.house.start();
    }

    /**
     * Begins to fetch a small model in the background when one is wanted and there is nothing to
     * talk to; nothing otherwise. Apart from {@link #start} so that a person can be asked first
     * whether what was found on the machine may be used.
     */
    public void fetchFirstModel() {
        if (!wantModel || hasChatModel()) {
            return;
        }
        switch (wiring.localModels.pull(LocalStore.DEFAULT_SOURCE, false)) {
            case ModelStore.Pull.Begun(ModelStore.Fetch fetch) -> firstFetch = fetch.id();
            case ModelStore.Pull.TermsAsked(String terms, String _) ->
                    LOG.warn("no model is fetched: it has terms to be accepted. {}", terms);
            case ModelStore.Pull.Refused(String why) -> LOG.warn("no model is fetched: {}", why);
        }
    }

    /** Where it listens. */
    public String address() {
        return wiring.http.address();
    }

    /** The folder it lives in. */
    public Path dataDirectory() {
        return settings.data().toAbsolutePath().normalize();
    }

    /** The first key, at the start that made it. */
    public Optional<String> firstKey() {
        return wiring.opening.opened().firstKey().map(Secret::reveal);
    }

    /** A new link that signs a browser in once. */
    public String oneTimeLink() {
        return wiring.access.offerLink(wiring.opening.opened()).token().reveal();
    }

    /**
     * A model to try the first call with: a provider's when there is one, else the one that runs
     * here, which may still be on its way; empty when there is neither.
     */
    public Optional<String> firstModel() {
        return wiring.gateway.modelToTry();
    }

    /** Providers that were found on this machine and are not connected, for a person to read. */
    public List<String> found() {
        return wiring.gateway.discovered().stream()
                .map(found -> found.title() + " (" + found.where() + ")")
                .toList();
    }

    /** Connects what was found; gives a sentence for each. */
    public List<String> adoptFound() {
        return wiring.gateway.discovered().stream()
                .map(found ->
                        switch (wiring.gateway.adopt(found)) {
                            case Gateway.Adopted.Connected connected ->
                                    connected.name()
                                            + ": connected, "
                                            + connected.models()
                                            + " models, "
                                            + connected.latencyMs()
                                            + " ms";
                            case Gateway.Adopted.Failed failed ->
                                    found.vendor() + ": not connected. " + failed.why();
                        })
                .toList();
    }

    /** How far the first model has come; not running when none is fetched. */
    public ModelFetch modelFetch() {
        return wiring.localModels
                .fetch(firstFetch)
                .map(fetch ->
                        new ModelFetch(
                                Objects.requireNonNullElse(fetch.model(), ""),
                                fetch.state().equals("fetching"),
                                fetch.bytesHere(),
                                fetch.bytes(),
                                fetch.state().equals("failed") ? fetch.detail() : ""))
                .orElse(new ModelFetch("", false, 0, 0, ""));
    }

    /** Stops everything in order, once; harmless when it has been done. */
    public synchronized void stop() {
        if (stopped.getCount() > 0) {
            wiring.house.close();
            stopped.countDown();
        }
    }

    /**
     * Stops when the process is asked to end (Ctrl-C, SIGTERM).
     *
     * @param told run before, unless it has been stopped already
     */
    public void stopOnSignal(Runnable told) {
        Thread stop =
                new Thread(
                        () -> {
                            if (!stopped()) {
                                told.run();
                            }
                            stop();
                        },
                        "stop");
        Runtime.getRuntime().addShutdownHook(stop);
    }

    /** Waits until it has been stopped. */
    public void awaitStop() throws InterruptedException {
        stopped.await();
    }

    /** Whether it has been stopped. */
    public boolean stopped() {
        return stopped.getCount() == 0;
    }
}
