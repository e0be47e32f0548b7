package agency.platform.log;

import agency.kernel.fact.StreamName;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One append, written down and waiting for its lane's next group commit.
 *
 * @param life the life of the log whose numbers of types and keys it was written down with
 * @param rows the request itself, then its claims
 * @param given whether the caller chose the id, so that the same request may come again
 * @param bytes its size, for the cap of a batch
 */
record Prepared(
        UUID life, List<Row> rows, boolean given, int bytes, CompletableFuture<Appended> answer) {
    /** What a row is for, as {@code log.append} calls it. */
    static final int REQUEST = 0;

    static final int CLAIM = 1;
    static final int RELEASE = 2;

    /**
     * Facts for one stream.
     *
     * @param claim {@link #REQUEST}, {@link #CLAIM} or {@link #RELEASE}
     * @param kind what kind of value is claimed, null for the request itself
     */
    record Row(
            StreamName stream,
            int expected,
            int claim,
            @Nullable String kind,
            UUID id,
            List<Written> facts) {}

    /** A fact written down. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Written(int type, int version, UUID id, long keyId, byte[] meta, byte[] body) {}

    UUID id() {
        return rows.getFirst().id();
    }

    /** Whether it is one fact at an expected version and nothing else. */
    boolean single() {
        return rows.size() == 1
                && rows.getFirst().expected() >= 0
                && rows.getFirst().facts().size() == 1;
    }

    /** The ids of an append's facts: the first one's, then counted on from it. */
    static UUID following(UUID first, int offset) {
        if (offset == 0) {
            return first;
        }
        long low = first.getLeastSignificantBits();
        long counted = (low + offset) & 0x3FFF_FFFF_FFFF_FFFFL;
        return new UUID(first.getMostSignificantBits(), (low & 0xC000_0000_0000_0000L) | counted);
    }

    /** The requests of one group commit, in order. */
    static final class Batch {
        /** Most requests in one group commit. */
        static final int MAX_REQUESTS = 512;

        /** Most bytes in one group commit, unless one request alone is larger. */
        static final int MAX_BYTES = 1 << 20;

        private final List<Prepared> requests = new ArrayList<>();
        private final java.util.Set<UUID> given = new java.util.HashSet<>();
        private int bytes;

        static Batch of(Prepared one) {
            Batch batch = new Batch();
            batch.add(one);
            return batch;
        }

        /**
         * Takes a request in, unless it is full, or holds one with the same id or of another life.
         */
        boolean add(Prepared request) {
            boolean full =
                    requests.size() >= MAX_REQUESTS
                            || (bytes + request.bytes > MAX_BYTES && !requests.isEmpty());
            boolean reborn = !requests.isEmpty() && !requests.getFirst().life.equals(request.life);
            if (full || reborn || (request.given && !given.add(request.id()))) {
                return false;
            }
            requests.add(request);
            bytes += request.bytes;
            return true;
        }

        List<Prepared> requests() {
            return requests;
        }
    }
}
