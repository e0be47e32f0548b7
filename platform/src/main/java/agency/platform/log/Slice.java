package agency.platform.log;

import java.util.Set;

/**
 * Some of a lane's streams: those whose number in this log leaves one of these rests.
 *
 * @param of into how many slices the lane is cut, from 1
 * @param which the slices wanted, each from 0
 */
public record Slice(int of, Set<Integer> which) {
    /** Most slices of a lane. */
    public static final int MOST = 64;

    /** Every stream. */
    public static final Slice WHOLE = new Slice(1, Set.of(0));

    /** Refuses a number of slices out of bounds, and none. */
    public Slice {
        which = Set.copyOf(which);
        int slices = of;
        if (of < 1 || of > MOST || which.isEmpty()) {
            throw new IllegalArgumentException("a lane is cut into 1 to " + MOST + " slices");
        }
        if (which.stream().anyMatch(one -> one < 0 || one >= slices)) {
            throw new IllegalArgumentException("slices of " + of + " are numbered from 0");
        }
    }

    /** Whether nothing is left out. */
    public boolean whole() {
        return which.size() == of;
    }
}
