package agency.kernel.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultTest {
    @Test
    void saysWhetherTryingAgainCanHelp() {
        Fault passing =
                Fault.passing("postgres.gone", "PostgreSQL is gone.", Map.of("port", "5432"), null);
        Fault lasting =
                Fault.lasting("postgres.too-old", "PostgreSQL 14 is too old.", Map.of(), passing);
        assertThat(passing.retry()).isEqualTo(Fault.Retry.CAN_HELP);
        assertThat(passing.arguments()).containsEntry("port", "5432");
        assertThat(lasting.retry()).isEqualTo(Fault.Retry.IS_POINTLESS);
        assertThat(lasting).hasMessage("PostgreSQL 14 is too old.").hasCause(passing);
        assertThat(lasting.code()).isEqualTo("postgres.too-old");
    }
}
