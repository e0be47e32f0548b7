package agency.platform.projection;

import agency.kernel.fact.Position;
import java.util.UUID;

/**
 * How far a feed has come, in one life of the log; replaced whole, so that positions of one life
 * are never compared with those of another.
 *
 * @param incarnation which life
 * @param positions the last position read, by lane
 */
@SuppressWarnings("ArrayRecordComponent") // never changed, never compared
record Reached(UUID incarnation, long[] positions) {
    static final Reached NOWHERE = new Reached(new UUID(0, 0), new long[0]);

    /** The beginning of a life. */
    static Reached beginning(UUID incarnation, int lanes) {
        return new Reached(incarnation, new long[lanes]);
    }

    /** The same with one lane further on. */
    Reached with(int lane, long position) {
        long[] next = positions.clone();
        next[lane] = position;
        return new Reached(incarnation, next);
    }

    boolean has(Position position) {
        return position.incarnation().equals(incarnation)
                && positions[position.lane()] >= position.value();
    }

    /** All lanes together. */
    long sum() {
        long sum = 0;
        for (long position : positions) {
            sum += position;
        }
        return sum;
    }

    /** Positions between here and these heads, all lanes together. */
    long behind(long[] heads) {
        long lag = 0;
        for (int lane = 0; lane < positions.length; lane++) {
            lag += Math.max(0, heads[lane] - positions[lane]);
        }
        return lag;
    }
}
