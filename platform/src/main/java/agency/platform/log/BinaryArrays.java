package agency.platform.log;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/**
 * One-dimensional arrays in PostgreSQL's binary form. The driver sends most arrays as text, which
 * costs both sides more than the append itself.
 */
final class BinaryArrays {
    private static final int HEADER = 20;

    private final BaseConnection connection;

    BinaryArrays(BaseConnection connection) {
        this.connection = connection;
    }

    Array ints(int size, IntUnaryOperator value) throws SQLException {
        byte[] bytes = header(Oid.INT4, size, size * 8L, false);
        int at = HEADER;
        for (int i = 0; i < size; i++) {
            at = putInt(bytes, putInt(bytes, at, 4), value.applyAsInt(i));
        }
        return new PgArray(connection, Oid.INT4_ARRAY, bytes);
    }

    Array shorts(int size, IntUnaryOperator value) throws SQLException {
        byte[] bytes = header(Oid.INT2, size, size * 6L, false);
        int at = HEADER;
        for (int i = 0; i < size; i++) {
            at = putInt(bytes, at, 2);
            int v = value.applyAsInt(i);
            bytes[at++] = (byte) (v >>> 8);
            bytes[at++] = (byte) v;
        }
        return new PgArray(connection, Oid.INT2_ARRAY, bytes);
    }

    /** Longs; 0 stands for null. */
    Array longsOrNull(List<Long> values) throws SQLException {
        long length = 0;
        boolean nulls = false;
        for (long v : values) {
            length += v == 0 ? 4 : 12;
            nulls |= v == 0;
        }
        byte[] bytes = header(Oid.INT8, values.size(), length, nulls);
        int at = HEADER;
        for (long v : values) {
            at = v == 0 ? putInt(bytes, at, -1) : putLong(bytes, putInt(bytes, at, 8), v);
        }
        return new PgArray(connection, Oid.INT8_ARRAY, bytes);
    }

    Array uuids(List<UUID> values) throws SQLException {
        byte[] bytes = header(Oid.UUID, values.size(), values.size() * 20L, false);
        int at = HEADER;
        for (UUID v : values) {
            at = putInt(bytes, at, 16);
            at = putLong(bytes, at, v.getMostSignificantBits());
            at = putLong(bytes, at, v.getLeastSignificantBits());
        }
        return new PgArray(connection, Oid.UUID_ARRAY, bytes);
    }

    Array byteas(List<byte[]> values) throws SQLException {
        return blobs(values, Oid.BYTEA, Oid.BYTEA_ARRAY);
    }

    Array texts(List<String> values) throws SQLException {
        return blobs(
                values.stream().map(v -> v.getBytes(StandardCharsets.UTF_8)).toList(),
                Oid.TEXT,
                Oid.TEXT_ARRAY);
    }

    private Array blobs(List<byte[]> values, int element, int array) throws SQLException {
        long length = 0;
        for (byte[] v : values) {
            length += 4 + v.length;
        }
        byte[] bytes = header(element, values.size(), length, false);
        int at = HEADER;
        for (byte[] v : values) {
            at = putInt(bytes, at, v.length);
            System.arraycopy(v, 0, bytes, at, v.length);
            at += v.length;
        }
        return new PgArray(connection, array, bytes);
    }

    /** Reads an int4[] or int8[] answer without nulls. */
    static long[] numbers(@Nullable Array answer) throws SQLException {
        if (answer == null) {
            return new long[0];
        }
        Object[] values = (Object[]) answer.getArray();
        long[] numbers = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            numbers[i] = ((Number) values[i]).longValue();
        }
        return numbers;
    }

    private static byte[] header(int element, int size, long length, boolean nulls) {
        byte[] bytes = new byte[Math.toIntExact(HEADER + length)];
        putInt(bytes, 0, 1);
        putInt(bytes, 4, nulls ? 1 : 0);
        putInt(bytes, 8, element);
        putInt(bytes, 12, size);
        putInt(bytes, 16, 1);
        return bytes;
    }

    private static int putInt(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
        return at + 4;
    }

    private static int putLong(byte[] bytes, int at, long value) {
        return putInt(bytes, putInt(bytes, at, (int) (value >>> 32)), (int) value);
    }
}
