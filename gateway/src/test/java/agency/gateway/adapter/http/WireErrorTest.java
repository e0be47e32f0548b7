package agency.gateway.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WireErrorTest {
    @Test
    void aSentenceEndsWithOneFullStopWhoeverBeganIt() {
        assertThat(WireError.sentence("it broke off: signal 9"))
                .isEqualTo("it broke off: signal 9.");
        assertThat(WireError.sentence("it broke off: signal 9."))
                .isEqualTo("it broke off: signal 9.");
    }
}
