package agency.ledger.testing;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.EventLog;
import agency.platform.log.Slice;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A log that goes away, and that sometimes records without saying so. */
public final class FlakyLog implements EventLog {
    private final EventLog real;
    private final Random random;
    private volatile boolean down;
    private volatile int forgetful;

    /** A log in front of a real one. */
    public FlakyLog(EventLog real, long seed) {
        this.real = real;
        this.random = new Random(seed);
    }

    /** Whether every append fails. */
    public void down(boolean now) {
        down = now;
    }

    /** How many of a hundred appends fail though they were recorded, and how many were not. */
    public void forgetful(int percent) {
        forgetful = percent;
    }

    @Override
    public CompletableFuture<Appended> append(Append append) {
        int dice = random.nextInt(100);
        if (down || (dice < forgetful && random.nextBoolean())) {
            return CompletableFuture.failedFuture(gone());
        }
        CompletableFuture<Appended> answer = real.append(append);
        return dice < forgetful
                ? answer.thenApply(recorded -> {
                    throw gone();
                })
                : answer;
    }

    private static Fault gone() {
        return Fault.passing("test.log-gone", "The log is away.", Map.of(), null);
    }

    @Override
    public int version(StreamName stream) {
        return real.version(stream);
    }

    @Override
    public List<Recorded> stream(StreamName stream, int afterVersion, int limit) {
        return real.stream(stream, afterVersion, limit);
    }

    @Override
    public List<Recorded> lane(int lane, long after, int limit, Set<String> categories) {
        return real.lane(lane, after, limit, categories);
    }

    @Override
    public List<Recorded> lane(
            int lane, long after, long upTo, int limit, Set<String> categories, Slice slice) {
        return real.lane(lane, after, upTo, limit, categories, slice);
    }

    @Override
    public List<Recorded> at(int lane, List<Long> positions) {
        return real.at(lane, positions);
    }

    @Override
    public Position head(int lane) {
        return real.head(lane);
    }

    @Override
    public int lanes() {
        return real.lanes();
    }

    @Override
    public UUID incarnation() {
        return real.incarnation();
    }

    @Override
    public AutoCloseable onCommit(Runnable wake) {
        return real.onCommit(wake);
    }
}
