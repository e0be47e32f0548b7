package agency.access.house;

import agency.kernel.fact.Position;
import agency.platform.projection.Instances;
import java.time.Duration;
import java.util.UUID;

/** Instances that never wait for each other: what a revocation would be without its protection. */
public record HastyWaits(Instances real) implements Instances {
    @Override
    public UUID self() {
        return real.self();
    }

    @Override
    public long epoch() {
        return real.epoch();
    }

    @Override
    public boolean mayAdmit() {
        return real.mayAdmit();
    }

    @Override
    public long databaseMillis() {
        return real.databaseMillis();
    }

    @Override
    public boolean awaitApplied(Position position, Duration atMost) {
        return true;
    }
}
