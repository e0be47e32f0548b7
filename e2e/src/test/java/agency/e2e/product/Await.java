package agency.e2e.product;

import java.time.Duration;

/** Waits for a condition instead of a time. */
final class Await {

    private static final int LOOK_AGAIN_MS = 50;

    private Await() {}

    interface Condition {
        boolean holds() throws Exception;
    }

    static void within(Duration limit, String what, Condition condition) throws Exception {
        long until = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > until)
                throw new AssertionError("not within " + limit + ": " + what);
            Thread.sleep(LOOK_AGAIN_MS);
        }
    }
}
