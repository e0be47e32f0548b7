package agency.kernel.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdsTest {
    @Test
    void isAVersionSevenOfTheRfcVariant() {
        UUID id = Ids.version7(0x017F22E279B0L, 0xCC3, 0x18C4DC0C0C07398FL);
        // The example of RFC 9562, appendix A.6.
        assertThat(id).hasToString("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
    }

    @Test
    void sortsByItsMoment() {
        assertThat(Ids.version7(1_000, -1, -1).toString())
                .isLessThan(Ids.version7(1_001, 0, 0).toString());
    }
}
