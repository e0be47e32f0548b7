package agency.ledger.flow;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.ledger.testing.LedgerKit;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.EventLog;
import agency.platform.log.Slice;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A log with the ledger's protection removed: any version will do, and nothing is remembered. */
final class CarelessLog implements EventLog {
    private final EventLog real;

    CarelessLog(EventLog real) {
        this.real = real;
    }

    @Override
    public CompletableFuture<Appended> append(Append append) {
        return real.append(
                new Append(
                        append.stream(),
                        Append.ANY,
                        append.facts(),
                        append.meta(),
                        LedgerKit.IDS.next(),
                        List.of()));
    }

    @Override
    public int version(StreamName stream) {
        return 0;
    }

    @Override
    public List<Recorded> stream(StreamName stream, int afterVersion, int limit) {
        return List.of();
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
