package agency.access.house;

import agency.kernel.id.IdSource;
import agency.kernel.id.Ids;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is moved, and ids in order that never repeat. */
public final class Ticking implements InstantSource, IdSource {
    private volatile Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private final AtomicLong given = new AtomicLong();

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public UUID next() {
        return Ids.version7(now.toEpochMilli(), 0, given.incrementAndGet());
    }

    /** Moves the clock on. */
    public void move(Duration by) {
        now = now.plus(by);
    }
}
