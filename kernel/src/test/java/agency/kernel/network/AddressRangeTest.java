package agency.kernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class AddressRangeTest {
    @Test
    void keepsItsBordersAndItsFamily() {
        AddressRange range = AddressRange.parse("10.1.128.0/17");
        assertThat(range.contains(InetAddress.ofLiteral("10.1.128.0"))).isTrue();
        assertThat(range.contains(InetAddress.ofLiteral("10.1.255.255"))).isTrue();
        assertThat(range.contains(InetAddress.ofLiteral("10.1.127.255"))).isFalse();
        assertThat(range.contains(InetAddress.ofLiteral("::1"))).isFalse();
        assertThat(AddressRange.parse("::1").contains(InetAddress.ofLiteral("::1"))).isTrue();
        assertThat(AddressRange.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("9.9.9.9")))
                .isTrue();
        assertThat(range).hasToString("10.1.128.0/17");
    }

    @Test
    void refusesWhatIsNoRange() {
        for (String bad : new String[] {"", "10.0.0.0/33", "10.0.0.0/-1", "host/8", "10.0.0.0/x"}) {
            assertThatThrownBy(() -> AddressRange.parse(bad))
                    .as(bad)
                    .hasMessageContaining("10.0.0.0/8");
        }
    }
}
