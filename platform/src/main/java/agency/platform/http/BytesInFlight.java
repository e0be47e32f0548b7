package agency.platform.http;

import java.util.concurrent.atomic.AtomicLong;

/** The one budget of request bytes held in memory, over the whole process. */
public final class BytesInFlight {
    private final AtomicLong held = new AtomicLong();
    private final long max;

    /** A budget of this many bytes. */
    public BytesInFlight(long max) {
        this.max = max;
    }

    /** Takes bytes, or takes none and answers false when they would be too many. */
    public boolean take(long bytes) {
        if (held.addAndGet(bytes) > max) {
            held.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Gives bytes back. */
    public void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    /** How many bytes are held now. */
    public long held() {
        return held.get();
    }
}
