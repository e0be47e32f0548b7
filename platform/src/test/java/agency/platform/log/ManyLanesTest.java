package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.platform.crypto.Secret;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.verify.Checkpoints;
import agency.platform.log.verify.LogVerifier;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log with many lanes, written by two processes at once. */
class ManyLanesTest {
    private static final int LANES = 4;
    private static final int TENANTS = 24;
    private static final int WRITERS = 16;
    private static final int EACH = 40;

    @TempDir private Path folder;
    private Database database;
    private Database another;

    @BeforeEach
    void start() {
        Secret url = PostgresFixture.freshUrl();
        database = PostgresFixture.open(url, LogKit.SCHEMA);
        another = PostgresFixture.open(url, LogKit.SCHEMA);
    }

    @AfterEach
    void stop() {
        another.close();
        database.close();
    }

    @Test
    void keepsEveryLaneDenseAndEveryStreamInOneLane() throws Exception {
        long seed = Faults.seed("many lanes");
        Map<StreamName, Set<Integer>> lanes = new ConcurrentHashMap<>();
        AtomicInteger facts = new AtomicInteger();
        try (PostgresEventLog one = LogKit.started(database.runtime(), LANES);
                PostgresEventLog other = LogKit.started(another.runtime(), 1)) {
            assertThat(other.lanes()).as("decided at the first start").isEqualTo(LANES);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Random random = new Random(seed + i);
                PostgresEventLog log = i % 2 == 0 ? one : other;
                String mine = "writer-" + i;
                writers.add(
                        Thread.startVirtualThread(() -> {
                            for (int n = 0; n < EACH; n++) {
                                facts.addAndGet(append(log, random, mine + "-" + n, lanes));
                            }
                        }));
            }
            for (Thread writer : writers) {
                writer.join();
            }
            assertThat(lanes.values()).allMatch(of -> of.size() == 1);
            assertThat(new HashSet<>(lanes.values())).as("no lane is left out").hasSize(LANES);
            assertThat(Faults.holes(database.runtime())).isZero();
            assertThat(Faults.versionHoles(database.runtime())).isZero();
            assertThat(Faults.duplicates(database.runtime())).isZero();
            Map<StreamName, Integer> versions = new HashMap<>();
            int read = 0;
            for (int lane = 0; lane < LANES; lane++) {
                long position = 0;
                for (Recorded fact : one.lane(lane, 0, 10_000, Set.of())) {
                    assertThat(fact.position().lane()).isEqualTo(lane);
                    assertThat(fact.position().value()).isEqualTo(++position);
                    assertThat(fact.version())
                            .isEqualTo(versions.merge(fact.stream(), 1, Integer::sum));
                    read++;
                }
                assertThat(one.head(lane).value()).isEqualTo(position);
            }
            assertThat(read).isEqualTo(facts.get());
        }
        assertThat(
                        new LogVerifier(database::runtime, new Checkpoints(folder))
                                .verify(progress -> {})
                                .findings())
                .isEmpty();
    }

    /** Appends to a shared stream or to one that claims a value; gives how many facts that made. */
    private static int append(
            PostgresEventLog log, Random random, String own, Map<StreamName, Set<Integer>> lanes) {
        int tenant = 1 + random.nextInt(TENANTS);
        boolean claims = random.nextInt(4) == 0;
        StreamName stream = LogKit.stream(tenant, claims ? own : "shared-" + random.nextInt(3));
        Append append =
                new Append(
                        stream,
                        claims ? 0 : Append.ANY,
                        List.of(new Counted(1), new Counted(2)),
                        LogKit.meta(),
                        LogKit.IDS.next(),
                        claims ? List.of(new Append.Claim("slug", own, true)) : List.of());
        Appended.Ok ok = (Appended.Ok) log.append(append).join();
        lanes.computeIfAbsent(stream, s -> ConcurrentHashMap.newKeySet()).add(ok.last().lane());
        return claims ? 3 : 2;
    }
}
