package agency.access.flow;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.api.KeyDirectory;
import agency.access.api.KeyDirectory.Answer;
import agency.access.api.Opened;
import agency.access.house.HastyWaits;
import agency.access.house.RealInstance;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Personal;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.projection.Instances;
import agency.platform.testing.PostgresFixture;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A key is looked up at full speed in two instances while one of them revokes it. */
class RevokeRaceTest {
    private static final int ROUNDS = 8;
    private static final FactMeta META = new FactMeta("test", new UUID(0, 1), null);

    @Test
    void nothingIsAdmittedAfterRevokeHasReturned() throws Exception {
        Counts counts = race(UnaryOperator.identity());
        assertThat(counts.before.get()).as("the race was run").isPositive();
        assertThat(counts.after.get()).as("admitted after the return").isZero();
    }

    @Test
    void somethingIsAdmittedWhenRevokeDoesNotWaitForTheOtherInstances() throws Exception {
        Counts counts = race(HastyWaits::new);
        assertThat(counts.after.get()).as("what the wait protects from").isPositive();
    }

    private static final class Counts {
        private final AtomicLong before = new AtomicLong();
        private final AtomicLong after = new AtomicLong();
    }

    private static Counts race(UnaryOperator<Instances> waits) throws Exception {
        Counts counts = new Counts();
        Secret url = PostgresFixture.freshUrl();
        try (RealInstance revoking = new RealInstance(url, waits);
                RealInstance other = new RealInstance(url)) {
            Opened opened = revoking.access.open(null);
            IssueKey issueKey =
                    new IssueKey(
                            revoking.recording,
                            new RealInstance.SystemIds(),
                            SecretSource.system(),
                            InstantSource.system());
            RevokeKey revokeKey = new RevokeKey(revoking.recording, InstantSource.system());
            Personal name = new Personal(opened.administrator(), "racing");
            for (int round = 0; round < ROUNDS; round++) {
                IssueKey.Result.Done key =
                        (IssueKey.Result.Done)
                                issueKey.forProject(
                                        1,
                                        new IssueKey.ProjectKey(
                                                opened.project(),
                                                name,
                                                List.of(),
                                                null,
                                                null,
                                                List.of(),
                                                null),
                                        META);
                race(
                        key.text().reveal(),
                        () -> revokeKey.revoke(1, key.key(), META),
                        List.of(revoking.access.keys(), other.access.keys()),
                        counts);
            }
        }
        return counts;
    }

    private static void race(
            String key, Runnable revoke, List<KeyDirectory> directories, Counts counts)
            throws InterruptedException {
        List<Looking> looking =
                directories.stream().map(keys -> new Looking(keys, key, counts)).toList();
        for (Looking one : looking) {
            while (!one.isAdmitted()) {
                Thread.onSpinWait();
            }
        }
        looking.forEach(Thread::start);
        revoke.run();
        looking.forEach(one -> one.returned = true);
        for (Looking one : looking) {
            one.join();
        }
    }

    /** Looks one key up again and again until it is refused after the revocation returned. */
    private static final class Looking extends Thread {
        private final KeyDirectory keys;
        private final String key;
        private final Counts counts;
        private volatile boolean returned;

        private Looking(KeyDirectory keys, String key, Counts counts) {
            this.keys = keys;
            this.key = key;
            this.counts = counts;
        }

        @Override
        public void run() {
            while (true) {
                boolean late = returned;
                boolean admitted = isAdmitted();
                if (admitted) {
                    (late ? counts.after : counts.before).incrementAndGet();
                }
                if (late && !admitted) {
                    return;
                }
            }
        }

        private boolean isAdmitted() {
            return keys.lookup(key, Instant.now()) instanceof Answer.Known;
        }
    }
}
