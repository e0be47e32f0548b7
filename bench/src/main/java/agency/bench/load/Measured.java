package agency.bench.load;

import org.HdrHistogram.Histogram;

/**
 * What a load saw. All times in nanoseconds.
 *
 * @param answered answers with status 200, inside the measured time
 * @param failed anything else: other statuses, broken connections, answers that were not HTTP
 * @param seconds the measured time
 * @param latency from the moment a request should have been sent to the last byte of its answer
 * @param firstByte from the same moment to the first byte of the body
 * @param gap between one frame of a stream and the next
 */
public record Measured(
        long answered,
        long failed,
        double seconds,
        Histogram latency,
        Histogram firstByte,
        Histogram gap) {

    /** Answers per second. */
    public double rate() {
        return answered / seconds;
    }

    /** A percentile in milliseconds. */
    public static double millis(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }
}
