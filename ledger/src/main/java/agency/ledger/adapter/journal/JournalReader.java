package agency.ledger.adapter.journal;

import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.port.JournalReading;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal forward, file by file. One reader for a journal being written and for one whose
 * writer is gone: they differ in what nothing means. While it is written, reserved bytes without a
 * record are about to be published and are waited for; afterwards they never will be, and the next
 * good record is searched for behind them.
 *
 * <p>Used by one thread at a time.
 */
class JournalReader implements JournalReading {
    /** The files of a journal, as a reader needs them. */
    interface Files {
        /** The next file after a number, or null when there is none (yet). */
        @Nullable SegmentFile after(int number);

        /** Whether nobody writes any more. */
        boolean complete();

        /** Whether so many files are in use that open attempts should be carried forward. */
        boolean crowded();

        /** A file is no longer needed. */
        void delete(SegmentFile segment);

        /** Whether everything read so far is posted and nothing is open. */
        void allPosted(boolean all);
    }

    private record Opened(OpenAttempt attempt, int segment, long position) {}

    /** A file that was read or is being read, with how many of its intents are still open. */
    private static final class Reading {
        final SegmentFile file;
        int open;

        Reading(SegmentFile file) {
            this.file = file;
        }
    }

    private final Files files;
    private final Entries entries = new Entries();
    private final Map<Long, Opened> open = new HashMap<>();
    private final Deque<Reading> readings = new ArrayDeque<>();
    private final Map<Integer, Reading> byNumber = new HashMap<>();
    private long at = SegmentFile.FIRST;
    private long skipThrough;
    private long position;
    private long damaged;

    JournalReader(Files files) {
        this.files = files;
    }

    @Override
    public void skipThrough(long through) {
        skipThrough = through;
        position = Math.max(position, through);
    }

    @Override
    public @Nullable Attempt next() {
        while (true) {
            @Nullable Reading reading = readings.peekLast();
            if (reading == null) {
                if (!advance(0)) {
                    return null;
                }
                continue;
            }
            switch (reading.file.look(at)) {
                case SegmentFile.Found.Body(byte[] body, long next) -> {
                    at = next;
                    @Nullable Attempt attempt = take(body, reading);
                    if (attempt != null) {
                        return attempt;
                    }
                }
                case SegmentFile.Found.End() -> {
                    if (!advance(reading.file.number())) {
                        return null;
                    }
                }
                case SegmentFile.Found.Nothing() -> {
                    if (!files.complete()) {
                        return null;
                    }
                    at += Long.BYTES;
                }
                case SegmentFile.Found.Damage() -> {
                    damaged++;
                    seek(reading.file);
                }
            }
        }
    }

    /** Goes to the next good record behind a damaged one, or to the end of the file. */
    private void seek(SegmentFile file) {
        do {
            at += Long.BYTES;
        } while (at < Math.min(file.capacity(), file.reserved())
                && !(file.look(at) instanceof SegmentFile.Found.Body)
                && !(file.look(at) instanceof SegmentFile.Found.End));
    }

    private boolean advance(int number) {
        @Nullable SegmentFile next = files.after(number);
        if (next == null) {
            return false;
        }
        Reading reading = new Reading(next);
        readings.addLast(reading);
        byNumber.put(next.number(), reading);
        at = SegmentFile.FIRST;
        return true;
    }

    private @Nullable Attempt take(byte[] body, Reading reading) {
        try {
            return switch (body[0]) {
                case Entries.INTENT -> {
                    OpenAttempt attempt = entries.readIntent(body);
                    forget(attempt.entry());
                    open.put(
                            attempt.entry(),
                            new Opened(attempt, reading.file.number(), here(reading)));
                    reading.open++;
                    yield null;
                }
                case Entries.OUTCOME -> {
                    @Nullable Opened opened = forget(Entries.entry(body));
                    long here = here(reading);
                    if (here <= skipThrough) {
                        yield null;
                    }
                    if (opened == null) {
                        // Its intent was damaged: nobody knows any more whose it was.
                        damaged++;
                        yield null;
                    }
                    position = here;
                    yield opened.attempt().ended(Entries.readOutcome(body));
                }
                case Entries.VOID -> null;
                default -> {
                    damaged++;
                    yield null;
                }
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException unreadable) {
            damaged++;
            return null;
        }
    }

    private long here(Reading reading) {
        return ((long) reading.file.number() << 32) | at;
    }

    private @Nullable Opened forget(long entry) {
        @Nullable Opened opened = open.remove(entry);
        if (opened != null) {
            @Nullable Reading where = byNumber.get(opened.segment());
            if (where != null) {
                where.open--;
            }
        }
        return opened;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public List<OpenAttempt> unfinished() {
        return open.values().stream()
                .map(Opened::attempt)
                .sorted(Comparator.comparingLong(OpenAttempt::entry))
                .toList();
    }

    @Override
    public long unfinishedSince() {
        return open.values().stream().mapToLong(Opened::position).min().orElse(Long.MAX_VALUE);
    }

    @Override
    public List<OpenAttempt> stragglers() {
        @Nullable Reading oldest = readings.peekFirst();
        if (oldest == null || readings.size() < 2 || oldest.open == 0 || !files.crowded()) {
            return List.of();
        }
        List<OpenAttempt> stragglers = new ArrayList<>();
        for (Opened opened : open.values()) {
            if (opened.segment() == oldest.file.number()) {
                stragglers.add(opened.attempt());
            }
        }
        return stragglers;
    }

    @Override
    public void posted(long through) {
        int segment = (int) (through >>> 32);
        while (readings.size() > 1) {
            Reading oldest = readings.getFirst();
            // Everything of a file is posted once something behind it is, or nothing is left of it.
            if (oldest.open > 0 || (oldest.file.number() >= segment && through < position)) {
                break;
            }
            readings.removeFirst();
            byNumber.remove(oldest.file.number());
            files.delete(oldest.file);
        }
        files.allPosted(open.isEmpty() && through >= position);
    }

    @Override
    public long damaged() {
        return damaged;
    }

    @Override
    public void close() {
        // The files belong to the journal.
    }
}
