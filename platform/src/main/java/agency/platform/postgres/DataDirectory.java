package agency.platform.postgres;

import agency.kernel.fault.Fault;
import agency.kernel.fault.Reason;
import agency.platform.house.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folder an installation on this machine lives in, mode 0700, held by one process at a time.
 */
public final class DataDirectory implements Part {
    /** The part's name. */
    public static final String NAME = "data-directory";

    /** The file that stands in the folder while a backup is being made an installation in it. */
    public static final String BEING_RESTORED = "being-restored";

    private static final int MAX_HOLDER_BYTES = 200;

    private final Path root;
    private @Nullable FileChannel channel;
    private @Nullable FileLock lock;

    /** Names the folder; it is made and locked by {@link #start}. */
    public DataDirectory(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** The folder itself. */
    public Path root() {
        return root;
    }

    /** A folder inside, made with mode 0700 when it is not there. */
    public Path folder(String name) {
        Path folder = root.resolve(name);
        try {
            made(folder);
        } catch (IOException unwritable) {
            throw unusable(unwritable);
        }
        return folder;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String purpose() {
        return "Holds " + root + ", so that no second process works on it.";
    }

    @Override
    public List<String> uses() {
        return List.of();
    }

    /**
     * Makes the folder and takes its lock; throws a {@link Fault} that names the process which
     * holds it, and one when a backup is being restored in it, or was and never to the end.
     */
    @Override
    public void start() {
        try {
            made(root);
            if (Files.exists(root.resolve(BEING_RESTORED))) {
                throw Fault.lasting(
                        "data-directory.being-restored",
                        "A backup is being restored in "
                                + root
                                + ", or was and not to the end. Wait for it; or remove the folder"
                                + " and restore again.",
                        Map.of("data", root.toString()),
                        null);
            }
            FileChannel opened =
                    FileChannel.open(
                            root.resolve("lock"),
                            java.util.Set.of(
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.READ,
                                    StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            FileLock taken = tryLock(opened);
            if (taken == null) {
                String holder = read(opened);
                opened.close();
                throw Fault.lasting(
                        "data-directory.held",
                        "Another Agency works on "
                                + root
                                + ": "
                                + (holder.isEmpty() ? "a process" : holder)
                                + ". Stop it first, or choose another folder with --data.",
                        Map.of("data", root.toString(), "holder", holder),
                        null);
            }
            channel = opened;
            lock = taken;
            describe("process " + ProcessHandle.current().pid());
        } catch (IOException unusable) {
            throw unusable(unusable);
        }
    }

    /** Writes down who holds the folder, for the message to the next one who wants it. */
    public void describe(String holder) {
        FileChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            open.truncate(0);
            open.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
        } catch (IOException unwritable) {
            throw unusable(unwritable);
        }
    }

    @Override
    public void close() {
        try {
            if (lock != null) {
                lock.release();
                lock = null;
            }
            if (channel != null) {
                channel.close();
                channel = null;
            }
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_HOLDER_BYTES);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    }

    private static void made(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }

    private Fault unusable(IOException cause) {
        return Fault.lasting(
                "data-directory.unusable",
                "The data directory "
                        + root
                        + " cannot be used: "
                        + Reason.of(cause)
                        + ". Choose another folder with --data.",
                Map.of("data", root.toString()),
                cause);
    }
}
