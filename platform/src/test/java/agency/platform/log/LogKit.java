package agency.platform.log;

import agency.kernel.fact.FactMeta;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Personal;
import agency.kernel.fact.StreamName;
import agency.kernel.id.IdSource;
import agency.kernel.id.Ids;
import agency.platform.crypto.SealedBox;
import agency.platform.crypto.SecretSource;
import agency.platform.postgres.Schema;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What the log's own tests are made of. */
public final class LogKit {
    /** Something was counted. */
    public record Counted(int by) {}

    /** Something was noted, perhaps about a person. */
    public record Noted(String text, @Nullable Personal about, Duration took) {}

    /** The facts of these tests. */
    public static final List<FactType<?>> FACTS =
            List.of(
                    new FactType<>("test.counted", 1, Counted.class),
                    new FactType<>("test.noted", 1, Noted.class));

    /** The log's schema. */
    public static final Schema SCHEMA =
            Schema.closed(PostgresEventLog.SCHEMA, PostgresEventLog.MIGRATIONS);

    /** New ids. */
    public static final IdSource IDS =
            new IdSource() {
                private final SecureRandom random = new SecureRandom();

                @Override
                public UUID next() {
                    return Ids.version7(
                            System.currentTimeMillis(), random.nextLong(), random.nextLong());
                }
            };

    /** A box under a key of these tests. */
    public static final SealedBox BOX = new SealedBox(new byte[32], SecretSource.system());

    private LogKit() {}

    /** A started log with one lane. */
    public static PostgresEventLog started(DataSource database) {
        return started(database, 1);
    }

    /** A started log; how many lanes it has was decided when it was first started. */
    public static PostgresEventLog started(DataSource database, int lanes) {
        LogSettings one = LogSettings.DEFAULT;
        PostgresEventLog log =
                new PostgresEventLog(
                        () -> database,
                        new LogSettings(
                                lanes,
                                one.partitionPositions(),
                                one.queue(),
                                one.answerWithinMs(),
                                one.resolveWithinMs()),
                        FACTS,
                        () -> BOX,
                        IDS);
        log.start();
        return log;
    }

    /** Circumstances without a cause. */
    public static FactMeta meta() {
        return new FactMeta("test", IDS.next(), null);
    }

    /** A stream of an organisation of these tests; organisations are spread over the lanes. */
    public static StreamName stream(int tenant, String key) {
        return StreamName.of(tenant, "test", key);
    }

    /** A stream of these tests. */
    public static StreamName stream(String key) {
        return StreamName.of(1, "test", key);
    }
}
