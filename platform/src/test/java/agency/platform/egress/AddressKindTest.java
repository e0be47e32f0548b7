package agency.platform.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressKindTest {
    @ParameterizedTest
    @CsvSource({
        "8.8.8.8, PUBLIC",
        "104.18.7.192, PUBLIC",
        "2606:4700::6812:7c0, PUBLIC",
        "127.0.0.1, PRIVATE",
        "127.8.9.1, PRIVATE",
        "10.1.2.3, PRIVATE",
        "172.16.0.1, PRIVATE",
        "172.31.255.255, PRIVATE",
        "172.32.0.1, PUBLIC",
        "192.168.1.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "100.100.100.200, FORBIDDEN",
        "::1, PRIVATE",
        "fd12:3456::1, PRIVATE",
        "fd00:ec2::254, FORBIDDEN",
        "169.254.169.254, FORBIDDEN",
        "168.63.129.16, FORBIDDEN",
        "0.0.0.0, FORBIDDEN",
        "0.1.2.3, FORBIDDEN",
        "224.0.0.1, FORBIDDEN",
        "255.255.255.255, FORBIDDEN",
        "198.18.0.1, FORBIDDEN",
        "192.0.2.1, FORBIDDEN",
        "203.0.113.7, FORBIDDEN",
        "fe80::1, FORBIDDEN",
        "ff02::1, FORBIDDEN",
        "::, FORBIDDEN",
        "2001:db8::1, FORBIDDEN",
        "2001:0:1::1, FORBIDDEN",
        "::ffff:169.254.169.254, FORBIDDEN",
        "::ffff:127.0.0.1, PRIVATE",
        "64:ff9b::a9fe:a9fe, FORBIDDEN",
        "64:ff9b::7f00:1, PRIVATE",
        "64:ff9b::808:808, PUBLIC",
        "2002:a9fe:a9fe::1, FORBIDDEN",
        "2002:7f00:1::1, PRIVATE",
        "::127.0.0.1, PRIVATE",
    })
    void knowsWhatAnAddressMeans(String address, AddressKind kind) throws UnknownHostException {
        assertThat(AddressKind.of(InetAddress.getByName(address))).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.0.0.0/8, true",
        "11.1.2.3, 10.0.0.0/8, false",
        "10.1.2.3, 10.1.2.3/32, true",
        "10.1.2.4, 10.1.2.3/32, false",
        "10.1.2.3, 0.0.0.0/0, true",
        "fd12::5, fd12::/16, true",
        "fd13::5, fd12::/16, false",
        "10.1.2.3, fd12::/16, false",
        "10.1.2.3, 10.0.0.0/33, false",
        "10.1.2.3, 10.0.0.0/x, false",
        "10.1.2.3, example.com/8, false",
        "10.1.2.3, 10.1.2.3, false",
    })
    void knowsWhichAddressesLieInANetwork(String address, String network, boolean inside)
            throws UnknownHostException {
        assertThat(AddressKind.inNetwork(InetAddress.getByName(address), network))
                .isEqualTo(inside);
    }
}
