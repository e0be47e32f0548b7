package agency.platform.log.transfer;

import agency.kernel.fault.Fault;
import agency.platform.house.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts old facts away from time to time, when the settings say so. */
public final class ArchivePart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(ArchivePart.class);

    /** How often it is looked for such. */
    private static final Duration EVERY = Duration.ofHours(6);

    private final LogArchive archive;
    private final int afterDays;
    private final Supplier<Path> folder;
    private final InstantSource clock;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("log-archive").unstarted(this::run);

    /** Puts away what is so many days old; never with 0. */
    public ArchivePart(
            LogArchive archive, int afterDays, Supplier<Path> folder, InstantSource clock) {
        this.archive = archive;
        this.afterDays = afterDays;
        this.folder = folder;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "archive";
    }

    @Override
    public String purpose() {
        return afterDays == 0
                ? "would put old facts away into files; archive.after_days is 0"
                : "puts facts away into files after " + afterDays + " days";
    }

    @Override
    public List<String> uses() {
        return List.of("log");
    }

    @Override
    public void start() {
        if (afterDays > 0) {
            thread.start();
        }
    }

    private void run() {
        try {
            do {
                once();
            } while (!closing.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Puts away what is old enough now; what cannot be is tried again next time. */
    void once() {
        try {
            for (LogArchive.PutAway one :
                    archive.putAway(
                            clock.instant().minus(Duration.ofDays(afterDays)), folder.get())) {
                LOG.info(
                        "{} put away: {} facts, {} bytes freed, {}",
                        one.stretch(),
                        one.facts(),
                        one.bytesFreed(),
                        one.file());
            }
        } catch (Fault e) {
            LOG.warn("old facts could not be put away: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        closing.countDown();
        if (afterDays > 0) {
            thread.interrupt();
        }
    }
}
