package agency.platform.egress;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** What an address means to the way out. */
enum AddressKind {
    /** On the public internet. */
    PUBLIC,
    /** Loopback or a private range: only where the operator allowed it. */
    PRIVATE,
    /** Link-local, metadata, unspecified, multicast, reserved: never. */
    FORBIDDEN;

    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    /** Classifies an address; IPv4 inside IPv6 (mapped, NAT64, 6to4) counts as the IPv4 address. */
    static AddressKind of(InetAddress address) {
        if (address instanceof Inet4Address) {
            return ofV4(address.getAddress());
        }
        if (address instanceof Inet6Address) {
            return ofV6(address);
        }
        return FORBIDDEN;
    }

    /**
     * The special-purpose registry of RFC 6890 and its successors, as far as it is not globally
     * reachable.
     */
    private static AddressKind ofV4(byte[] a) {
        int first = a[0] & 0xff;
        int second = a[1] & 0xff;
        int third = a[2] & 0xff;
        if (first == 127
                || first == 10
                || (first == 172 && (second & 0xf0) == 16)
                || (first == 192 && second == 168)) {
            return PRIVATE;
        }
        boolean shared = first == 100 && (second & 0xc0) == 64;
        if (shared) {
            // 100.100.100.200 is a cloud's metadata service inside the range that carriers share.
            return second == 100 && third == 100 && (a[3] & 0xff) == 200 ? FORBIDDEN : PRIVATE;
        }
        boolean never =
                first == 0
                        || (first == 169 && second == 254)
                        || first >= 224
                        || (first == 192 && second == 0 && (third == 0 || third == 2))
                        || (first == 198 && (second & 0xfe) == 18)
                        || (first == 198 && second == 51 && third == 100)
                        || (first == 203 && second == 0 && third == 113)
                        || (first == 168 && second == 63 && third == 129 && (a[3] & 0xff) == 16);
        return never ? FORBIDDEN : PUBLIC;
    }

    private static AddressKind ofV6(InetAddress address) {
        byte[] a = address.getAddress();
        if (address.isLoopbackAddress()) {
            return PRIVATE;
        }
        if (startsWith(a, NAT64)) {
            return ofV4(Arrays.copyOfRange(a, 12, 16));
        }
        if ((a[0] & 0xff) == 0x20 && a[1] == 0x02) {
            return ofV4(Arrays.copyOfRange(a, 2, 6));
        }
        if (isZero(a, 0, 10)
                && ((a[10] == -1 && a[11] == -1)
                        || (a[10] == 0 && a[11] == 0 && !isZero(a, 12, 15)))) {
            return ofV4(Arrays.copyOfRange(a, 12, 16));
        }
        if ((a[0] & 0xfe) == 0xfc) {
            // fd00:ec2::254 is a cloud's metadata service inside the private range.
            boolean metadata =
                    (a[0] & 0xff) == 0xfd && a[1] == 0 && a[2] == 0x0e && (a[3] & 0xff) == 0xc2;
            return metadata ? FORBIDDEN : PRIVATE;
        }
        boolean globalUnicast = (a[0] & 0xe0) == 0x20;
        boolean documentation =
                (a[0] & 0xff) == 0x20 && a[1] == 0x01 && a[2] == 0x0d && (a[3] & 0xff) == 0xb8;
        boolean teredo = (a[0] & 0xff) == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0;
        return globalUnicast && !documentation && !teredo ? PUBLIC : FORBIDDEN;
    }

    /**
     * Whether an address lies in a network such as {@code 10.0.0.0/8}; false when that is no
     * network.
     */
    static boolean inNetwork(InetAddress address, String network) {
        int slash = network.indexOf('/');
        if (slash < 0) {
            return false;
        }
        try {
            String base = network.substring(0, slash);
            if (!base.matches("[0-9a-fA-F.:]+")) {
                return false;
            }
            byte[] wanted = InetAddress.getByName(base).getAddress();
            byte[] actual = address.getAddress();
            int bits = Integer.parseInt(network.substring(slash + 1));
            if (wanted.length != actual.length || bits < 0 || bits > wanted.length * 8) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if (((wanted[bit / 8] ^ actual[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException | NumberFormatException noNetwork) {
            return false;
        }
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes[at] != 0) {
                return false;
            }
        }
        return true;
    }
}
