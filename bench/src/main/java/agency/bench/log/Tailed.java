package agency.bench.log;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A log with one writer and one reader at its end, who polls. */
interface Tailed extends AutoCloseable {
    /** How long the reader rests between two looks, and the writer between two facts, in ms. */
    long REST_MS = 1;

    /** Appends one fact with this number; returns when that is acknowledged. */
    void append(long number) throws Exception;

    /** Reads what came after what was read before, at most so many; the last, null for none. */
    Ours.@Nullable Happened next(int limit) throws Exception;

    @Override
    void close() throws SQLException;

    /**
     * How long after it was sent a fact is seen, in ms.
     *
     * @param longest the longest that any took
     */
    record Seen(double p50, double p99, double longest) {}

    /** Writes for so long, and reads meanwhile and until the last is seen. */
    default Seen seen(long millis) throws Exception {
        AtomicLongArray sent = new AtomicLongArray((int) (millis / REST_MS) + 1);
        AtomicInteger written = new AtomicInteger();
        Histogram micros = new Histogram(60_000_000, 3);
        while (next(1_000) != null) {
            // Up to the end of what is there.
        }
        Thread writer =
                Thread.startVirtualThread(() -> {
                    long until = System.nanoTime() + millis * 1_000_000;
                    try {
                        while (System.nanoTime() < until && written.get() < sent.length()) {
                            sent.set(written.get(), System.nanoTime());
                            append(written.getAndIncrement());
                            Thread.sleep(REST_MS);
                        }
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
        long seen = 0;
        while (writer.isAlive() || seen < written.get()) {
            Ours.Happened last = next(1_000);
            long now = System.nanoTime();
            for (; last != null && seen <= last.number(); seen++) {
                micros.recordValue((now - sent.get((int) seen)) / 1_000);
            }
            Thread.sleep(REST_MS);
        }
        writer.join();
        return new Seen(
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3);
    }
}
