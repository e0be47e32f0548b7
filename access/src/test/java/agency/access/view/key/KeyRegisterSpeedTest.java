package agency.access.view.key;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.api.KeyDirectory.Answer;
import agency.access.domain.key.ApiKey;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.view.Facts;
import agency.access.view.fingerprint.Fingerprint;
import agency.kernel.fact.Personal;
import agency.platform.crypto.SecretSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The lookup stands on every request's path: the limit is loose, the number is printed. */
class KeyRegisterSpeedTest {
    private static final int KEYS = 10_000;
    private static final int ROUNDS = 20;
    private static final long LIMIT_NANOS = 5_000;

    @Test
    void findsOneOfTenThousandKeysInAFewHundredNanoseconds() {
        KeyRegister register = new KeyRegister(() -> true);
        SecretSource secrets = SecretSource.system();
        Instant now = Instant.parse("2026-11-21T10:00:00Z");
        Personal name = new Personal(new UUID(1, 1), "n");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            String text = "sk-agency-" + secrets.token();
            texts.add(text);
            UUID key = new UUID(7, i);
            register.apply(
                    Facts.of(
                            ApiKey.stream(1, key),
                            new ProjectKeyIssued(
                                    key,
                                    key,
                                    name,
                                    Fingerprint.of(text).hex(),
                                    List.of(),
                                    now.plusSeconds(60),
                                    null,
                                    now)));
        }
        long best = Long.MAX_VALUE;
        long known = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (String text : texts) {
                known += register.lookup(text, now) instanceof Answer.Known ? 1 : 0;
            }
            best = Math.min(best, (System.nanoTime() - start) / KEYS);
        }
        org.slf4j.LoggerFactory.getLogger(KeyRegisterSpeedTest.class)
                .info("lookup among {} keys: {} ns", KEYS, best);
        assertThat(known).isEqualTo((long) KEYS * ROUNDS);
        assertThat(best).isLessThan(LIMIT_NANOS);
    }
}
