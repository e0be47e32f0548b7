package agency.gateway.adapter.provider.local;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes GGUF headers for tests. */
public final class TestGguf {
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private final ByteArrayOutputStream tensors = new ByteArrayOutputStream();
    private long entryCount;
    private long tensorCount;

    /** A header of an architecture, with nothing else. */
    public static TestGguf of(String architecture) {
        return new TestGguf().text("general.architecture", architecture);
    }

    public TestGguf text(String key, String value) {
        entry(key, 8);
        string(entries, value);
        return this;
    }

    public TestGguf number(String key, int value) {
        entry(key, 4);
        little(entries, 4, value);
        return this;
    }

    public TestGguf texts(String key, List<String> values) {
        entry(key, 9);
        little(entries, 4, 8);
        little(entries, 8, values.size());
        values.forEach(value -> string(entries, value));
        return this;
    }

    public TestGguf numbers(String key, int... values) {
        entry(key, 9);
        little(entries, 4, 5);
        little(entries, 8, values.length);
        for (int value : values) {
            little(entries, 4, value);
        }
        return this;
    }

    public TestGguf raw(String key, int type, byte[] value) {
        entry(key, type);
        entries.writeBytes(value);
        return this;
    }

    public TestGguf tensor(String name, long offset) {
        tensorCount++;
        string(tensors, name);
        little(tensors, 4, 1);
        little(tensors, 8, 32);
        little(tensors, 4, 0);
        little(tensors, 8, offset);
        return this;
    }

    /** The file, with so many bytes after the header. */
    public byte[] bytes(int after) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        little(all, 4, 3);
        little(all, 8, tensorCount);
        little(all, 8, entryCount);
        all.writeBytes(entries.toByteArray());
        all.writeBytes(tensors.toByteArray());
        all.writeBytes(new byte[after]);
        return all.toByteArray();
    }

    private void entry(String key, int type) {
        entryCount++;
        string(entries, key);
        little(entries, 4, type);
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        little(out, 8, bytes.length);
        out.writeBytes(bytes);
    }

    private static void little(ByteArrayOutputStream out, int size, long value) {
        out.write(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array(),
                0,
                size);
    }
}
