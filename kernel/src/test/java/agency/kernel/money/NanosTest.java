package agency.kernel.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class NanosTest {
    @Test
    void addsAndSubtractsExactly() {
        assertThat(new Nanos(3).plus(new Nanos(4))).isEqualTo(new Nanos(7));
        assertThat(new Nanos(3).minus(new Nanos(4))).isEqualTo(new Nanos(-1));
        assertThat(new Nanos(Nanos.PER_UNIT)).isGreaterThan(Nanos.ZERO);
    }

    @Test
    void neverWrapsAround() {
        assertThatThrownBy(() -> new Nanos(Long.MAX_VALUE).plus(new Nanos(1)))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Nanos(Long.MIN_VALUE).minus(new Nanos(1)))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void isWrittenAndReadInUnitsOfTheCurrency() {
        assertThat(Nanos.parse("2.50")).isEqualTo(new Nanos(2_500_000_000L));
        assertThat(Nanos.parse("0.000000001").units()).isEqualTo("0.000000001");
        assertThat(Nanos.parse("-3").units()).isEqualTo("-3");
        assertThat(new Nanos(2_500_000_000L).units()).isEqualTo("2.5");
        assertThat(new Nanos(100_000_000_000L).units()).isEqualTo("100");
        assertThat(Nanos.ZERO.units()).isEqualTo("0");
    }

    @Test
    void refusesWhatIsNoAmountOrNotExact() {
        for (String wrong :
                List.of("", "2,50", "1e3", "0.0000000001", "99999999999", "1".repeat(40), "NaN")) {
            assertThatThrownBy(() -> Nanos.parse(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("an amount");
        }
    }
}
