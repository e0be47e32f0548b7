package agency.app;

import agency.kernel.id.IdSource;
import agency.kernel.id.Ids;
import agency.platform.crypto.MasterKey;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The running program: the parts of {@link Wiring} started, the installation opened, and how it is
 * stopped.
 */
public final class Program {
    private final AgencySettings settings;
    private final Wiring wiring;
    private final boolean wantModel;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * How far the first model has come.
     *
     * @param model its name
     * @param running whether it is still being fetched
     * @param bytesDone how much is here
     * @param bytesTotal how much it is, 0 when not known yet
     * @param error why it failed; empty when it did not
     */
    public record ModelFetch(
            String model, boolean running, long bytesDone, long bytesTotal, String error) {
        /** How far it has come, 0 to 100. */
        public double percent() {
            return bytesTotal == 0 ? 0 : 100.0 * bytesDone / bytesTotal;
        }
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
        if (wantModel) {
            dataDirectory();
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

    /** A model to try the first call with. */
    public String firstModel() {
        return "local";
    }

    /** Providers that were found on this machine and are not connected, by name. */
    public List<String> found() {
        return List.of();
    }

    /** Connects what was found. */
    public void adoptFound() {}

    /** How far the first model has come. */
    public ModelFetch modelFetch() {
        return new ModelFetch("", false, 0, 0, "");
    }

    /** Stops everything in order, once; harmless when it has been done. */
    public void stop() {
        if (stopped.getCount() > 0) {
            wiring.house.close();
            stopped.countDown();
        }
    }

    /** Stops when the process is asked to end (Ctrl-C, SIGTERM). */
    public void stopOnSignal() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
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
