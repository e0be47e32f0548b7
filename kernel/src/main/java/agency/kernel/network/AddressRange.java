package agency.kernel.network;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A range of IP addresses in CIDR form (RFC 4632, RFC 4291), such as {@code 10.0.0.0/8}; one
 * address alone is a range of one.
 */
public final class AddressRange {
    private final byte[] network;
    private final int bits;

    private AddressRange(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /** Reads a range; throws IllegalArgumentException that says what it must look like. */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        try {
            if (!text.matches("[0-9a-fA-F:.]{2,45}(/\\d{1,3})?")) {
                throw new IllegalArgumentException("other characters than an address has");
            }
            InetAddress address =
                    InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            byte[] network = address.getAddress();
            int bits = slash < 0 ? network.length * 8 : Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= network.length * 8) {
                return new AddressRange(network, bits);
            }
        } catch (IllegalArgumentException e) {
            // Said below, in our words.
        }
        throw new IllegalArgumentException(
                "must be an address range such as 10.0.0.0/8 or fd00::/8, not `" + text + "`");
    }

    /** Whether an address lies in the range; of the other family it never does. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != network[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        int mask = rest == 0 ? 0 : 0xFF << (8 - rest) & 0xFF;
        return rest == 0 || (bytes[whole] & mask) == (network[whole] & mask);
    }

    /** The range by its first address, such as {@code 10.0.0.0/8} for {@code 10.1.2.3/8}. */
    @Override
    public String toString() {
        byte[] first = network.clone();
        for (int bit = bits; bit < first.length * 8; bit++) {
            first[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        try {
            return InetAddress.getByAddress(first).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
