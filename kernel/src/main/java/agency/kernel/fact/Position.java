package agency.kernel.fact;

import java.util.UUID;

/**
 * A place in the log: dense and in commit order within its lane, from 1.
 *
 * @param incarnation which life of the log; changes with restore and failover
 * @param lane the unit of total order
 * @param value the position in the lane; 0 is before the first fact
 */
public record Position(UUID incarnation, int lane, long value) {
    /** Written as {@code lane:value@incarnation}, the form tokens and logs use. */
    @Override
    public String toString() {
        return lane + ":" + value + "@" + incarnation;
    }
}
