package agency.access.flow;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.crypto.Secret;
import org.junit.jupiter.api.Test;

class TypedTest {
    @Test
    void isTheSameHoweverItWasTyped() {
        assertThat(Typed.normal(Secret.of("cafe\u0301"))).isEqualTo("caf\u00e9");
        assertThat(Typed.normal(Secret.of("\ufb01nance"))).isEqualTo("finance");
    }
}
