package agency.platform.log.verify;

import java.util.List;
import java.util.UUID;

/**
 * What a verification found.
 *
 * @param incarnation which life of the log
 * @param events facts that were re-hashed
 * @param seals seals that were compared
 * @param archived facts that lie in archives and were not looked at
 * @param checkpoints signed checkpoints that were compared
 * @param otherLives signed checkpoints of other lives of the log, which cannot be compared: a
 *     restore took the log back, or somebody gave it another incarnation to hide what is gone
 * @param findings what is wrong, empty when the log is whole; at most {@link #MAX_FINDINGS}
 */
public record Verdict(
        UUID incarnation,
        long events,
        long seals,
        long archived,
        int checkpoints,
        int otherLives,
        List<Finding> findings) {
    /** Most findings that are reported. */
    public static final int MAX_FINDINGS = 100;

    /**
     * Something wrong.
     *
     * @param what a stable word, e.g. {@code seal-broken}
     * @param lane in which lane
     * @param from the first position it may concern
     * @param to the last one
     * @param detail a sentence
     */
    public record Finding(String what, int lane, long from, long to, String detail) {}

    /** Whether nothing is wrong. */
    public boolean whole() {
        return findings.isEmpty();
    }

    /**
     * How far it has come.
     *
     * @param head the lane's head
     */
    public record Progress(int lane, long position, long head) {}
}
