package agency.ledger.adapter.journal;

import agency.kernel.fault.Fault;
import agency.kernel.metering.Outcome;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.port.JournalReading;
import agency.ledger.port.UsageJournal;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal this process writes, over memory-mapped files.
 *
 * <p>What survives: a record is in the operating system's hands as soon as it is published, so the
 * death of this process, by whatever signal, costs nothing. A power cut or a kernel that dies can
 * cost what was written since the last {@code force}, at most about {@value #FORCE_MILLIS} ms:
 * attempts of that time are then missing from the usage, or, when only the intent reached the disk,
 * posted at their bound.
 *
 * <p>A thread of its own makes new files before they are needed and forces the current one, so that
 * writers never wait for the disk. Files for all outcomes still to come are always kept ready, and
 * for open intents to be carried forward; new intents are refused before those could be.
 */
final class MappedJournal implements UsageJournal {
    private static final Logger LOG = LoggerFactory.getLogger(MappedJournal.class);

    /** How often changes are forced to the disk, in milliseconds. */
    private static final int FORCE_MILLIS = 1_000;

    /** How long a failure to make a file rests before it is tried again, in milliseconds. */
    private static final int RETRY_MILLIS = 1_000;

    /** Room kept to carry one open intent forward, in bytes; few are longer. */
    private static final int CARRIED_BYTES = 512;

    /** Files made ahead of the need, besides those in reserve: a burst fills several at once. */
    private static final int AHEAD = 4;

    /** Longest wait for the thread to end, in seconds. */
    private static final int CLOSE_SECONDS = 10;

    private final JournalFolder folder;
    private final int segmentBytes;
    private final int maxSegments;
    private final int outcomeReserve;
    private final int reserve;
    private final LongSupplier salts;
    private final ConcurrentSkipListMap<Integer, SegmentFile> live = new ConcurrentSkipListMap<>();
    private final ConcurrentLinkedQueue<SegmentFile> spares = new ConcurrentLinkedQueue<>();
    private final AtomicInteger spareCount = new AtomicInteger();
    private final AtomicInteger all = new AtomicInteger();
    private final ReentrantLock files = new ReentrantLock();
    private final ReentrantLock rolling = new ReentrantLock();
    private volatile @Nullable SegmentFile current;
    private volatile boolean closing;
    private volatile boolean posted;
    private volatile boolean kept;
    private int lastNumber;
    private @Nullable Thread keeper;

    MappedJournal(
            JournalFolder folder,
            int segmentBytes,
            int maxSegments,
            int openAttempts,
            LongSupplier salts) {
        this.folder = folder;
        this.segmentBytes = segmentBytes;
        this.maxSegments = maxSegments;
        this.outcomeReserve = files(segmentBytes, openAttempts, Entries.MAX_OUTCOME);
        this.reserve = outcomeReserve + files(segmentBytes, openAttempts, CARRIED_BYTES);
        this.salts = salts;
    }

    /** How many files so many records of a size need. */
    private static int files(int segmentBytes, int records, int bytes) {
        int perSegment = (segmentBytes - SegmentFile.FIRST) / bytes - 1;
        return (records + perSegment - 1) / perSegment;
    }

    void start() {
        try {
            while (spareCount.get() <= reserve) {
                prepare();
            }
        } catch (IOException e) {
            throw Fault.passing(
                    "ledger.journal-unwritable",
                    "The usage journal cannot be written: "
                            + e.getClass().getSimpleName()
                            + ". Free space or give the folder to this user.",
                    Map.of("folder", folder.path().toString()),
                    e);
        }
        roll(null, 0);
        keeper = Thread.ofPlatform().name("ledger-journal").daemon(true).start(this::keep);
    }

    @Override
    public String name() {
        return String.valueOf(folder.path().getFileName());
    }

    @Override
    public boolean intent(OpenAttempt attempt) {
        return spareCount.get() >= reserve && write(Entries.intent(attempt), reserve);
    }

    @Override
    public boolean outcome(long entry, Outcome outcome) {
        return write(Entries.outcome(entry, outcome), 0);
    }

    @Override
    public boolean carry(OpenAttempt attempt) {
        return write(Entries.intent(attempt), outcomeReserve);
    }

    /**
     * Writes a record.
     *
     * @param leaving how many spare files it must leave to others
     */
    private boolean write(byte[] body, int leaving) {
        while (true) {
            @Nullable SegmentFile segment = current;
            if (segment == null || closing) {
                return false;
            }
            try {
                if (segment.append(body)) {
                    return true;
                }
            } catch (IllegalStateException closed) {
                return false;
            }
            if (!roll(segment, leaving)) {
                return false;
            }
        }
    }

    /** Goes on to the next file, unless another thread has; false when there is none. */
    private boolean roll(@Nullable SegmentFile full, int leaving) {
        // Once in some ten thousand records, and for the time of a few assignments.
        rolling.lock();
        try {
            if (!Objects.equals(current, full)) {
                return true;
            }
            if (spareCount.get() <= leaving) {
                return false;
            }
            @Nullable SegmentFile next = spares.poll();
            if (next == null) {
                return false;
            }
            spareCount.decrementAndGet();
            live.put(next.number(), next);
            current = next;
        } finally {
            rolling.unlock();
        }
        LockSupport.unpark(keeper);
        return true;
    }

    private void prepare() throws IOException {
        SegmentFile made =
                SegmentFile.create(folder.path(), ++lastNumber, segmentBytes, salts.getAsLong());
        all.incrementAndGet();
        spares.add(made);
        spareCount.incrementAndGet();
    }

    private void keep() {
        long lastForce = System.nanoTime();
        boolean failed = false;
        while (!closing) {
            try {
                while (!closing && spareCount.get() < reserve + AHEAD && all.get() < maxSegments) {
                    prepare();
                }
                failed = false;
            } catch (IOException e) {
                lastNumber--;
                if (!failed) {
                    LOG.warn(
                            "usage journal: cannot make a new file ({}); requests are refused when"
                                    + " the present ones are full",
                            e.getClass().getSimpleName());
                }
                failed = true;
            }
            long waited = System.nanoTime() - lastForce;
            if (waited >= TimeUnit.MILLISECONDS.toNanos(FORCE_MILLIS)) {
                force();
                lastForce = System.nanoTime();
                waited = 0;
            }
            LockSupport.parkNanos(
                    TimeUnit.MILLISECONDS.toNanos(failed ? RETRY_MILLIS : FORCE_MILLIS) - waited);
        }
    }

    private void force() {
        files.lock();
        try {
            // Full files may have been written to since the last time: the two newest cover that
            // at any speed a disk can follow.
            int count = 0;
            for (SegmentFile segment : live.descendingMap().values()) {
                segment.force();
                if (++count == 2) {
                    return;
                }
            }
        } finally {
            files.unlock();
        }
    }

    @Override
    public JournalReading read() {
        return new JournalReader(
                new JournalReader.Files() {
                    @Override
                    public @Nullable SegmentFile after(int number) {
                        Map.@Nullable Entry<Integer, SegmentFile> next = live.higherEntry(number);
                        return next == null ? null : next.getValue();
                    }

                    @Override
                    public boolean complete() {
                        return false;
                    }

                    @Override
                    public boolean crowded() {
                        return all.get() > reserve + AHEAD + maxSegments / 4;
                    }

                    @Override
                    public void delete(SegmentFile segment) {
                        remove(segment);
                    }

                    @Override
                    public void allPosted(boolean all) {
                        posted = all;
                    }
                });
    }

    private void remove(SegmentFile segment) {
        files.lock();
        try {
            if (live.remove(segment.number(), segment)) {
                segment.delete();
                all.decrementAndGet();
            }
        } catch (IOException e) {
            LOG.warn("usage journal: a posted file cannot be deleted: {}", e.getMessage());
        } finally {
            files.unlock();
        }
        LockSupport.unpark(keeper);
    }

    @Override
    public void keepFiles() {
        kept = true;
    }

    @Override
    public void close() {
        closing = true;
        if (keeper != null) {
            LockSupport.unpark(keeper);
            try {
                keeper.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        force();
        files.lock();
        try {
            live.values().forEach(SegmentFile::close);
            spares.forEach(SegmentFile::close);
            live.clear();
            spares.clear();
        } finally {
            files.unlock();
        }
        if (posted && !kept) {
            folder.delete();
        }
        folder.close();
    }
}
