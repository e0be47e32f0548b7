package agency.access.adapter.bcrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class BcryptHashesTest {
    private static final String PASSWORD = "correct horse battery";

    private final BcryptHashes hashes = new BcryptHashes();

    @Test
    void matchesItsOwnPasswordAndNoOther() {
        String hash = hashes.hash(PASSWORD);
        assertThat(hash).startsWith("$2a$12$").hasSize(60);
        assertThat(hashes.matches(PASSWORD, hash)).isTrue();
        assertThat(hashes.matches(PASSWORD + "!", hash)).isFalse();
        assertThat(hashes.matches("short", hash)).isFalse();
        assertThat(hashes.matches("x".repeat(1_000), hash)).isFalse();
        assertThat(hashes.hash(PASSWORD)).isNotEqualTo(hash);
    }

    @Test
    void matchesNobodyWhenNobodyIsKnown() {
        assertThat(hashes.matches(PASSWORD, null)).isFalse();
        assertThat(hashes.matches("nobody's", null)).isFalse();
    }

    @Test
    void refusesMoreThanCanWait() throws Exception {
        BcryptHashes few = new BcryptHashes(4);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> asked = new ArrayList<>();
            for (int i = 0; i < BcryptHashes.AT_ONCE + 4 + 20; i++) {
                asked.add(callers.submit(() -> few.matches(PASSWORD, null)));
            }
            int refused = 0;
            for (Future<Boolean> one : asked) {
                try {
                    assertThat(one.get()).isFalse();
                } catch (ExecutionException full) {
                    assertThat(full.getCause()).isInstanceOf(Fault.class);
                    refused++;
                }
            }
            assertThat(refused).isPositive();
        }
        assertThatThrownBy(
                        () -> {
                            Thread.currentThread().interrupt();
                            hashes.hash(PASSWORD);
                        })
                .isInstanceOf(Fault.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
