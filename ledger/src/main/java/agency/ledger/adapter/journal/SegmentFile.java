package agency.ledger.adapter.journal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of a journal, mapped into memory. A record is appended in three steps: reserve its bytes
 * by one atomic addition, copy them, publish them by writing their header last. Nothing is locked
 * and no system call is made; the operating system owns the pages, so a killed process loses
 * nothing it has published. Reserved and unpublished bytes are a hole that a reader steps over.
 *
 * <p>A record's header is its length and a CRC32C over a secret salt of the file, the length and
 * the body. The salt is drawn anew for each file, so that text from outside inside a body can never
 * be taken for a record when a damaged stretch is searched for the next good one.
 */
final class SegmentFile implements AutoCloseable {
    /** The layout of files and records; another layout is another number. */
    static final int FORMAT = 1;

    /** Bytes before a record's body: its length and its checksum, four each. */
    static final int HEADER = 8;

    /** Bytes before the first record. */
    static final int FIRST = 64;

    /** Longest body, in bytes. */
    static final int MAX_BODY = 4_096;

    /** In a header's place: no record follows in this file. */
    private static final long END = -1L;

    private static final long MAGIC = 0x31_4C_4E_52_4A_59_47_41L; // "AGYJRNL1"
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle WORD = LONG.varHandle();
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private final Path path;
    private final int number;
    private final byte[] salted;
    private final int capacity;
    private final Arena arena;
    private final MemorySegment bytes;
    private final AtomicLong reserved;

    private SegmentFile(
            Path path, int number, long salt, Arena arena, MemorySegment bytes, long reserved) {
        this.path = path;
        this.number = number;
        this.salted = ByteBuffer.allocate(Long.BYTES).putLong(salt).array();
        this.arena = arena;
        this.bytes = bytes;
        this.capacity = (int) bytes.byteSize();
        this.reserved = new AtomicLong(reserved);
    }

    /**
     * Makes a file, all its bytes written: a full disk shows here and not as a signal later.
     *
     * @param salt random bits nobody outside knows
     */
    static SegmentFile create(Path folder, int number, int capacity, long salt) throws IOException {
        Path path = folder.resolve(String.format(Locale.ROOT, "%08d.journal", number));
        try (FileChannel file =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(64 * 1024);
            for (long at = 0; at < capacity; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), capacity - at));
                while (zeros.hasRemaining()) {
                    file.write(zeros, at + zeros.position());
                }
            }
            Arena arena = Arena.ofShared();
            MemorySegment bytes = file.map(FileChannel.MapMode.READ_WRITE, 0, capacity, arena);
            bytes.set(LONG, 8, ((long) capacity << 32) | FORMAT);
            bytes.set(LONG, 16, salt);
            bytes.set(LONG, 24, number);
            WORD.setRelease(bytes, 0L, MAGIC);
            return new SegmentFile(path, number, salt, arena, bytes, FIRST);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** Opens a file to read it; null when it is not one (its making was interrupted). */
    static @Nullable SegmentFile open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = file.size();
            if (size < FIRST || size > Integer.MAX_VALUE) {
                arena.close();
                return null;
            }
            MemorySegment bytes = file.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            if ((long) WORD.getAcquire(bytes, 0L) != MAGIC
                    || (bytes.get(LONG, 8) & 0xFFFF_FFFFL) != FORMAT) {
                arena.close();
                return null;
            }
            return new SegmentFile(
                    path, (int) bytes.get(LONG, 24), bytes.get(LONG, 16), arena, bytes, size);
        } catch (IOException e) {
            arena.close();
            throw e;
        }
    }

    int number() {
        return number;
    }

    /** The first byte nobody has reserved; at least the capacity when the file is full. */
    long reserved() {
        return reserved.get();
    }

    int capacity() {
        return capacity;
    }

    /**
     * Appends a record.
     *
     * @return whether there was room
     */
    boolean append(byte[] body) {
        int size = size(body.length);
        if (reserved.get() + size > capacity) {
            // Looked at first, so that a full file's counter does not run away.
            full();
            return false;
        }
        long at = reserved.getAndAdd(size);
        if (at + size > capacity) {
            if (at < capacity) {
                WORD.setRelease(bytes, at, END);
            }
            return false;
        }
        try {
            MemorySegment.copy(body, 0, bytes, BYTE, at + HEADER, body.length);
            WORD.setRelease(bytes, at, header(body));
        } catch (RuntimeException | Error e) {
            // Never leave an unpublished hole in a living file: the reader would wait for it.
            byte[] none = new byte[size - HEADER];
            none[0] = Entries.VOID;
            MemorySegment.copy(none, 0, bytes, BYTE, at + HEADER, none.length);
            WORD.setRelease(bytes, at, header(none));
            throw e;
        }
        return true;
    }

    /** Lets nobody reserve any more; the first to find it full marks the end. */
    private void full() {
        long at = reserved.get();
        while (at < capacity) {
            if (reserved.compareAndSet(at, capacity)) {
                WORD.setRelease(bytes, at, END);
                return;
            }
            at = reserved.get();
        }
    }

    /** What stands at an offset. */
    sealed interface Found {
        /** A record; the next one begins at {@code next}. */
        @SuppressWarnings("ArrayRecordComponent") // carried, never compared
        record Body(byte[] bytes, long next) implements Found {}

        /** Nothing (yet). */
        record Nothing() implements Found {}

        /** The end of the file. */
        record End() implements Found {}

        /** Bytes that are not a good record. */
        record Damage() implements Found {}
    }

    static final Found NOTHING = new Found.Nothing();
    static final Found ENDED = new Found.End();
    static final Found DAMAGE = new Found.Damage();

    /** Looks at an offset, a multiple of eight. */
    Found look(long at) {
        if (at + HEADER > capacity) {
            return ENDED;
        }
        long header = (long) WORD.getAcquire(bytes, at);
        if (header == 0) {
            return NOTHING;
        }
        if (header == END) {
            return ENDED;
        }
        long length = header >>> 32;
        if (length < 1 || length > MAX_BODY || at + HEADER + length > capacity) {
            return DAMAGE;
        }
        byte[] body = new byte[(int) length];
        MemorySegment.copy(bytes, BYTE, at + HEADER, body, 0, body.length);
        return header(body) == header ? new Found.Body(body, at + size(body.length)) : DAMAGE;
    }

    /** Asks the operating system to write what changed to the disk. Blocks. */
    void force() {
        bytes.force();
    }

    /** Unmaps and deletes it. */
    void delete() throws IOException {
        close();
        Files.deleteIfExists(path);
    }

    @Override
    public void close() {
        arena.close();
    }

    private long header(byte[] body) {
        CRC32C sum = new CRC32C();
        sum.update(salted, 0, salted.length);
        sum.update(body.length & 0xFF);
        sum.update(body.length >>> 8);
        sum.update(body, 0, body.length);
        return ((long) body.length << 32) | sum.getValue();
    }

    private static int size(int body) {
        return (HEADER + body + 7) & ~7;
    }
}
