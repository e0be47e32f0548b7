package agency.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "key sk-agency-XSECRETX00000000000000000000000000000000",
                "sk-proj-XSECRETX_12345",
                "Authorization: Bearer XSECRETX.abc-def",
                "authorization=basic XSECRETX==",
                "{\"authorization\":\"Bearer XSECRETX\"}",
                "{\"password\":\"XSECRETX\"}",
                "{\\\"api_key\\\": \\\"XSECRETX\\\"}",
                "password=XSECRETX&x=1",
                "AGENCY_MASTER_KEY=XSECRETX",
                "jdbc:postgresql://agency:XSECRETX@127.0.0.1/x",
                "token ghp_XSECRETX1234567890",
                "hf_XSECRETX1234567",
                "AIzaXSECRETX-1234567",
                "a=b; agency-session=XSECRETX",
                "X-CSRF-Token: XSECRETX",
                "Cookie: XSECRETX"
            })
    void hidesWhatLooksLikeASecret(String line) {
        assertThat(Masking.mask(line)).doesNotContain("XSECRETX").contains("***");
    }

    @Test
    void leavesOrdinaryLinesAlone() {
        for (String line :
                new String[] {
                    "listening on http://127.0.0.1:8080 with 2 lanes",
                    "task-force at 10:00, see https://example.org/a?b=c",
                    "12 tokens in, 5 tokens out",
                    "Request 01a1fdc7-2f97-7552-b971-1f5286c657e3 failed: postgres.unreachable"
                }) {
            assertThat(Masking.mask(line)).isEqualTo(line);
        }
    }

    @Test
    void staysQuickOnHugeAndHostileLines() {
        String hostile =
                "password".repeat(20_000) + "://" + "a:".repeat(50_000) + "Bearer ".repeat(20_000);
        // A pattern that goes back and forth would need years; the limit only ends the wait for it.
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> Masking.mask(hostile));
    }
}
