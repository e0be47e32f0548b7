package agency.ledger.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerSettingsTest {
    private static LedgerSettings settings(
            String currency, int kib, int files, int open, int days) {
        return new LedgerSettings(currency, List.of("local"), kib, files, open, days);
    }

    @Test
    void saysWhichSettingIsOutOfRange() {
        assertThat(LedgerSettings.DEFAULT.currency()).isEqualTo("USD");
        assertThatThrownBy(() -> settings("usd", 64, 8, 16, 1)).hasMessageContaining("currency");
        assertThatThrownBy(() -> settings("EUR", 63, 8, 16, 1))
                .hasMessageContaining("journal_segment_kib must be 64 to 65536, not 63");
        assertThatThrownBy(() -> settings("EUR", 64, 7, 16, 1))
                .hasMessageContaining("journal_segments");
        assertThatThrownBy(() -> settings("EUR", 64, 8, 15, 1))
                .hasMessageContaining("open_attempts");
        assertThatThrownBy(() -> settings("EUR", 64, 8, 16, 0))
                .hasMessageContaining("request_days");
        assertThatThrownBy(() -> settings("EUR", 64, 8, 16_384, 30))
                .hasMessageContaining("open_attempts must be at most 341");
    }
}
