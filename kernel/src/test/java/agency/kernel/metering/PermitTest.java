package agency.kernel.metering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PermitTest {
    private static final Intent INTENT =
            new Intent(
                    new UUID(0, 1),
                    1,
                    new Caller(1, new UUID(0, 2), null, new UUID(0, 3)),
                    Operation.CHAT,
                    "openai",
                    "gpt-4o-mini",
                    100,
                    200);
    private static final Outcome OUTCOME =
            new Outcome(
                    Ending.COMPLETED,
                    UsageClass.REPORTED,
                    new TokenUsage(10, 20, 0, 0),
                    200,
                    900,
                    500,
                    1000,
                    100,
                    "req_1");

    private static final class CountingOffice extends PermitOffice {
        private final List<Outcome> outcomes = new ArrayList<>();
        private final AtomicInteger count = new AtomicInteger();

        Permit permit(long entry) {
            return issue(INTENT, entry);
        }

        @Override
        protected synchronized void settled(Permit permit, Outcome outcome) {
            outcomes.add(outcome);
            count.incrementAndGet();
        }
    }

    @Test
    void isSettledOnce() {
        CountingOffice office = new CountingOffice();
        Permit permit = office.permit(42);
        assertThat(permit.settle(OUTCOME)).isTrue();
        assertThat(permit.settle(OUTCOME)).isFalse();
        assertThat(office.outcomes).containsExactly(OUTCOME);
        assertThat(permit.intent()).isEqualTo(INTENT);
        assertThat(permit.entry()).isEqualTo(42);
    }

    @Test
    void isSettledOnceHoweverManyTryAtOnce() throws InterruptedException {
        CountingOffice office = new CountingOffice();
        List<Permit> permits = Stream.generate(() -> office.permit(1)).limit(1_000).toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int thread = 0; thread < 4; thread++) {
                threads.execute(() -> permits.forEach(permit -> permit.settle(OUTCOME)));
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(office.count).hasValue(1_000);
    }

    @Test
    void storedCodesNeverChange() {
        assertThat(Stream.of(Ending.values()).map(Ending::code))
                .containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(Stream.of(UsageClass.values()).map(UsageClass::code)).containsExactly(1, 2, 3);
        assertThat(Stream.of(Operation.values()).map(Operation::code)).containsExactly(1, 2, 3);
    }
}
