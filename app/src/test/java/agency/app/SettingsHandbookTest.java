package agency.app;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.config.Handbook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/configuration.md says what the settings are; run with -Dagency.write to write it anew. */
class SettingsHandbookTest {
    private static final Path FILE = Path.of("..", "docs", "configuration.md");

    @Test
    void theHandbookIsCurrent() throws IOException {
        String current = Handbook.markdown(AgencySettings.class);
        if (System.getProperty("agency.write") != null) {
            Files.writeString(FILE, current);
        }
        assertThat(Files.readString(FILE)).isEqualTo(current);
    }
}
