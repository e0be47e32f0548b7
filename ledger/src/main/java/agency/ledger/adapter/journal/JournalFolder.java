package agency.ledger.adapter.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one journal, locked for as long as it is held: whoever holds the lock is the only
 * one to write or to recover it. The lock goes with the process, however that ends.
 */
final class JournalFolder implements AutoCloseable {
    private static final String LOCK = "lock";

    /** Most files of one journal; more would mean that they are not ours. */
    private static final int MAX_FILES = 100_000;

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private JournalFolder(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /** Locks a folder, or gives null when another holds it. */
    static @Nullable JournalFolder lock(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock != null) {
                return new JournalFolder(path, channel, lock);
            }
        } catch (OverlappingFileLockException held) {
            // Held by this very process: the same answer as held by another.
        }
        channel.close();
        return null;
    }

    Path path() {
        return path;
    }

    /** Its segment files, in order. */
    List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(path)) {
            return all.filter(file -> file.getFileName().toString().endsWith(".journal"))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .limit(MAX_FILES)
                    .toList();
        }
    }

    /** Deletes everything in it, the lock last, and the folder. */
    void delete() {
        try {
            List<Path> rest = new ArrayList<>(files());
            rest.add(path.resolve(LOCK));
            rest.add(path);
            for (Path file : rest) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
