package agency.ledger.testing;

import agency.kernel.fact.Recorded;
import agency.kernel.id.IdSource;
import agency.kernel.id.Ids;
import agency.kernel.metering.Caller;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.ledger.LedgerContext;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageRecorded;
import agency.ledger.domain.usage.UsageRow;
import agency.platform.log.EventLog;
import agency.platform.testing.InMemoryEventLog;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** What the ledger's tests are made of. */
public final class LedgerKit {
    /** A project. */
    public static final UUID PROJECT = new UUID(7, 7);

    /** A key. */
    public static final UUID KEY = new UUID(8, 8);

    private static final SecureRandom RANDOM = new SecureRandom();

    /** New ids. */
    public static final IdSource IDS =
            () -> Ids.version7(System.currentTimeMillis(), RANDOM.nextLong(), RANDOM.nextLong());

    /** Salts. */
    public static final LongSupplier SALTS = RANDOM::nextLong;

    private LedgerKit() {}

    /** An empty log in memory. */
    public static InMemoryEventLog memoryLog() {
        return new InMemoryEventLog(LedgerContext.facts(), IDS, Clock.systemUTC());
    }

    /** An intent of a request. */
    public static Intent intent(UUID request, UUID key, String provider, String model) {
        return new Intent(
                request,
                1,
                new Caller(1, PROJECT, null, key),
                Operation.CHAT,
                provider,
                model,
                1_000,
                500);
    }

    /** An intent at OpenAI. */
    public static Intent intent() {
        return intent(IDS.next(), KEY, "openai", "gpt-4o");
    }

    /** An outcome with this usage. */
    public static Outcome used(long input, long output) {
        return new Outcome(
                Ending.COMPLETED,
                UsageClass.REPORTED,
                new TokenUsage(input, output, 0, 0),
                200,
                900,
                300,
                1_000,
                100,
                "req_1");
    }

    /** Every attempt in the log. */
    public static List<UsageRow> rows(EventLog log) {
        List<UsageRow> rows = new ArrayList<>();
        for (int lane = 0; lane < log.lanes(); lane++) {
            long after = 0;
            while (true) {
                List<Recorded> page = log.lane(lane, after, 100, Set.of());
                if (page.isEmpty()) {
                    break;
                }
                for (Recorded recorded : page) {
                    after = recorded.position().value();
                    if (recorded.fact() instanceof UsageRecorded usage) {
                        UsageBatch.unpack(usage, rows::add);
                    }
                }
            }
        }
        return rows;
    }

    /** Waits for something, at most a minute: patience costs nothing where it is not needed. */
    public static void await(String what, BooleanSupplier done) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited 60 s for: " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
