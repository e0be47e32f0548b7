package agency.ledger.view.requests;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows in PostgreSQL's binary COPY format (documentation of COPY, "Binary Format"). */
final class CopyBuffer {
    private static final byte[] SIGNATURE = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    /** The most one field but text takes, with its length. */
    private static final int FIELD = 24;

    /** Microseconds from 1970 to 2000, where PostgreSQL's moments begin. */
    private static final long EPOCH_MICROS = 946_684_800_000_000L;

    /** Days from 1970 to 2000. */
    private static final int EPOCH_DAYS = 10_957;

    private ByteBuffer bytes = ByteBuffer.allocate(64 * 1024).put(SIGNATURE);

    void row(int fields) {
        room(FIELD).putShort((short) fields);
    }

    void int2(int value) {
        room(FIELD).putInt(2).putShort((short) value);
    }

    void int4(int value) {
        room(FIELD).putInt(4).putInt(value);
    }

    void int8(long value) {
        room(FIELD).putInt(8).putLong(value);
    }

    void uuid(UUID value) {
        room(FIELD)
                .putInt(16)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits());
    }

    void date(long epochDay) {
        int4(Math.toIntExact(epochDay - EPOCH_DAYS));
    }

    void timestamptz(long epochMillis) {
        int8(epochMillis * 1_000 - EPOCH_MICROS);
    }

    /** Text; a NUL, which PostgreSQL cannot store, becomes a question mark. */
    void text(@Nullable String value) {
        if (value == null) {
            room(FIELD).putInt(-1);
            return;
        }
        byte[] utf8 =
                (value.indexOf('\0') < 0 ? value : value.replace('\0', '?'))
                        .getBytes(StandardCharsets.UTF_8);
        room(FIELD + utf8.length).putInt(utf8.length).put(utf8);
    }

    void nothing() {
        room(FIELD).putInt(-1);
    }

    /** The end of the rows; then {@link #array} up to {@link #length}. */
    void end() {
        room(FIELD).putShort((short) -1);
    }

    byte[] array() {
        return bytes.array();
    }

    int length() {
        return bytes.position();
    }

    private ByteBuffer room(int needed) {
        if (bytes.remaining() < needed) {
            ByteBuffer larger = ByteBuffer.allocate(bytes.capacity() * 2 + needed);
            bytes.flip();
            larger.put(bytes);
            bytes = larger;
        }
        return bytes;
    }
}
