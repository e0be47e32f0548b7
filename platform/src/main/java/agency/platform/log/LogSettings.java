package agency.platform.log;

/**
 * How the log is set up.
 *
 * @param lanes units of total order, fixed when the log is made: 1 when embedded, 8 to 16 on a
 *     server
 * @param partitionPositions positions in one partition of the events' table, fixed when the log is
 *     made
 * @param queue requests waiting for a lane's next group commit; more are refused
 * @param answerWithinMs how long one commit may take before its connection is given up,
 *     milliseconds
 * @param resolveWithinMs how long a commit of unknown outcome is tried again, milliseconds
 */
public record LogSettings(
        int lanes, long partitionPositions, int queue, int answerWithinMs, int resolveWithinMs) {
    /** One lane, 8 million positions a partition, 8,192 requests, 10 s, 30 s. */
    public static final LogSettings DEFAULT = new LogSettings(1, 1L << 23, 8_192, 10_000, 30_000);

    /** Refuses what is below 1, and more than 64 lanes. */
    public LogSettings {
        if (lanes < 1 || lanes > 64) {
            throw new IllegalArgumentException("lanes must be 1 to 64, not " + lanes);
        }
        if (partitionPositions < 1 || queue < 1 || answerWithinMs < 1 || resolveWithinMs < 1) {
            throw new IllegalArgumentException("the log's limits must all be 1 or more");
        }
    }
}
