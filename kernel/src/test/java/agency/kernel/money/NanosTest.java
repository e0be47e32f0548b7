package agency.kernel.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
