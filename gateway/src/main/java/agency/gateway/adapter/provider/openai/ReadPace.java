package agency.gateway.adapter.provider.openai;

import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayDeque;

/**
 * How often the streams of one event loop are read. Each piece of a stream costs a read and a write
 * however short it is; a loop with more pieces than time makes all wait, new requests first of all.
 * So, while the loop is late, a stream that was read rests for some milliseconds: what comes
 * meanwhile lies in the kernel, and is read and written on as one. The loop gets its time back, and
 * first bytes do not wait behind it. A loop that is in time reads each piece as it comes.
 *
 * <p>Lives on its event loop; not for any other thread.
 */
final class ReadPace {
    /** How often it looks at the clock while streams run, ms. */
    private static final int LOOK_MS = 2;

    /**
     * Streams that wake at one look at most, or a part of all that rest: requests get a turn
     * between.
     */
    private static final int WAKE_AT_ONCE = 16;

    private static final int WAKE_PART = 8;

    /** So many looks without a stream being read, and it looks no more. */
    private static final int IDLE_LOOKS = 500;

    private final Vertx vertx;
    private final Haste haste = new Haste();
    private final ArrayDeque<Stream> resting = new ArrayDeque<>();
    private boolean looking;
    private long dueNanos;
    private int idleLooks;

    ReadPace(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * The stream that comes over this connection, which carries nothing else meanwhile (HTTP/1.1).
     */
    Stream stream(HttpConnection connection) {
        return new Stream(((ConnectionBase) connection).channel());
    }

    /** One stream that is read at this pace. */
    final class Stream {
        private final Channel channel;
        private long wakeNanos;
        private boolean rests;
        private boolean paused;
        private boolean over;

        private Stream(Channel channel) {
            this.channel = channel;
        }

        /** A piece was read and there will be more. */
        void read() {
            idleLooks = 0;
            if (!looking) {
                looking = true;
                lookLater();
            }
            // Whoever pauses has stopped the reading himself.
            if (rests || paused || haste.restMs() == 0) return;
            rests = true;
            wakeNanos = System.nanoTime() + haste.restMs() * 1_000_000L;
            channel.config().setAutoRead(false);
            resting.add(this);
        }

        /**
         * The reader wants nothing for now: reading must not begin again because a rest is over.
         */
        void pause() {
            paused = true;
        }

        /** The reader wants more; what lay in memory has been given to him. */
        void resume() {
            paused = false;
            if (rests) wake();
        }

        /** It is over; its connection is read again, for the next request. */
        void end() {
            over = true;
            if (rests) wake();
        }

        private boolean sleepsBeyond(long now) {
            return rests && wakeNanos > now;
        }

        private boolean wakeAfterRest() {
            // A paused stream goes on resting: its reader will wake it.
            if (!rests || (paused && !over)) return false;
            wake();
            return true;
        }

        private void wake() {
            rests = false;
            channel.config().setAutoRead(true);
        }
    }

    private void lookLater() {
        dueNanos = System.nanoTime() + LOOK_MS * 1_000_000L;
        vertx.setTimer(LOOK_MS, timer -> look());
    }

    private void look() {
        long now = System.nanoTime();
        haste.look(now, now - dueNanos);
        int most = Math.max(WAKE_AT_ONCE, resting.size() / WAKE_PART);
        while (most > 0 && !resting.isEmpty() && !resting.getFirst().sleepsBeyond(now)) {
            if (resting.removeFirst().wakeAfterRest()) most--;
        }
        if (++idleLooks < IDLE_LOOKS || !resting.isEmpty()) lookLater();
        else looking = false;
    }
}
