package agency.platform.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Picks the lane of a partition: the first 63 bits after the sign of SHA-256 of its UTF-8 bytes,
 * modulo the number of lanes. Pinned by name in {@code log.installation}: another way of picking
 * would tear streams apart.
 */
final class LaneHash {
    /** The name under which the installation remembers it. */
    static final String NAME = "sha256-63";

    private LaneHash() {}

    /** The lane of a partition. */
    static int lane(String partition, int lanes) {
        if (lanes == 1) {
            return 0;
        }
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(partition.getBytes(StandardCharsets.UTF_8));
            return (int) ((ByteBuffer.wrap(hash).getLong() & Long.MAX_VALUE) % lanes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
