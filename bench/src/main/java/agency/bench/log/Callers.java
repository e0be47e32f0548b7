package agency.bench.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Callers that do the same thing over and over for a while. */
final class Callers {
    private static final long HIGHEST_MICROS = 60_000_000;

    private Callers() {}

    /** What one caller does, again and again. */
    interface Caller {
        /** Does it once; gives how many facts or rows that made. */
        int once() throws Exception;
    }

    /** Makes the caller with a number. */
    interface Make {
        Caller caller(int number) throws Exception;
    }

    /**
     * What came out.
     *
     * @param perSecond facts or rows a second
     * @param p50Ms half of the calls took at most so long, milliseconds
     * @param p99Ms 99 of 100 calls took at most so long, milliseconds
     */
    record Measured(double perSecond, double p50Ms, double p99Ms) {}

    /** Runs callers for so long; the first fifth is not counted. */
    static Measured run(int callers, long millis, Make make) throws Exception {
        List<Caller> all = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            all.add(make.caller(i));
        }
        long warmNanos = millis * 1_000_000 / 5;
        long runNanos = millis * 1_000_000;
        CountDownLatch go = new CountDownLatch(1);
        AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
        Histogram[] histograms = new Histogram[callers];
        long[] made = new long[callers];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            int number = i;
            histograms[i] = new Histogram(HIGHEST_MICROS, 3);
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    go.await();
                                    long began = System.nanoTime();
                                    long now = began;
                                    while (now - began < runNanos) {
                                        int some = all.get(number).once();
                                        long after = System.nanoTime();
                                        if (now - began > warmNanos) {
                                            made[number] += some;
                                            histograms[number].recordValue(
                                                    Math.min(
                                                            HIGHEST_MICROS, (after - now) / 1_000));
                                        }
                                        now = after;
                                    }
                                } catch (Exception e) {
                                    failed.compareAndSet(null, e);
                                }
                            }));
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        Exception why = failed.get();
        if (why != null) {
            throw why;
        }
        Histogram sum = new Histogram(HIGHEST_MICROS, 3);
        long total = 0;
        for (int i = 0; i < callers; i++) {
            sum.add(histograms[i]);
            total += made[i];
        }
        return new Measured(
                total / ((runNanos - warmNanos) / 1e9),
                sum.getValueAtPercentile(50) / 1e3,
                sum.getValueAtPercentile(99) / 1e3);
    }
}
