package agency.platform.backup;

import agency.platform.crypto.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Copies files so that they are on the disk, and knows what was copied. */
final class Copying {
    private static final int PIECE = 1 << 20;

    private Copying() {}

    /**
     * Copies a file as long as it is now: what is appended meanwhile is not waited for. Empty when
     * it is gone by now.
     *
     * @param name under which it is listed
     */
    static Optional<Manifest.Entry> copy(Path from, Path to, String name) throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ)) {
            MessageDigest digest = sha256();
            long length = in.size();
            long copied = 0;
            try (FileChannel out = fresh(to)) {
                ByteBuffer piece = ByteBuffer.allocate(PIECE);
                while (copied < length) {
                    piece.clear();
                    piece.limit((int) Math.min(PIECE, length - copied));
                    if (in.read(piece) < 0) {
                        break;
                    }
                    piece.flip();
                    digest.update(piece.duplicate());
                    copied += piece.remaining();
                    while (piece.hasRemaining()) {
                        out.write(piece);
                    }
                }
                out.force(true);
            }
            String hash = HexFormat.of().formatHex(digest.digest());
            return Optional.of(new Manifest.Entry(name, copied, hash));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }

    /** Writes a file that must not be there yet. */
    static Manifest.Entry write(byte[] content, Path to, String name) throws IOException {
        try (FileChannel out = fresh(to)) {
            ByteBuffer all = ByteBuffer.wrap(content);
            while (all.hasRemaining()) {
                out.write(all);
            }
            out.force(true);
        }
        String hash = HexFormat.of().formatHex(Digests.sha256(content));
        return new Manifest.Entry(name, content.length, hash);
    }

    private static FileChannel fresh(Path to) throws IOException {
        return FileChannel.open(
                to,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** The hash of a file's content. */
    static String hash(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] piece = new byte[PIECE];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                digest.update(piece, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Makes a folder that only its owner may enter. */
    static void folder(Path folder) throws IOException {
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Has a folder's entries on the disk. */
    static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Whether there is nothing at this path, or an empty folder. */
    static boolean free(Path folder) throws IOException {
        if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.findAny().isEmpty();
        }
    }

    /**
     * Everything below a folder, itself left out, in order; what goes away meanwhile may be named
     * or not.
     */
    static List<Path> below(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path path, BasicFileAttributes attributes) {
                        if (!path.equals(folder)) {
                            found.add(path);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                        found.add(path);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path path, IOException failed)
                            throws IOException {
                        return unlessGone(path, failed);
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path path, @Nullable IOException failed) throws IOException {
                        return failed == null ? FileVisitResult.CONTINUE : unlessGone(path, failed);
                    }

                    private FileVisitResult unlessGone(Path path, IOException failed)
                            throws IOException {
                        if (!path.equals(folder) && failed instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw failed;
                    }
                });
        found.sort(Comparator.naturalOrder());
        return found;
    }

    /** Whether a path is, or would be, at or below a folder, whatever links lead there. */
    static boolean within(Path path, Path folder) throws IOException {
        return real(path).startsWith(real(folder));
    }

    /** Where a path leads, as far as it exists. */
    private static Path real(Path path) throws IOException {
        Path there = path;
        while (there != null && Files.notExists(there)) {
            there = there.getParent();
        }
        return there == null ? path : there.toRealPath().resolve(there.relativize(path));
    }

    /** Removes a folder and all that is in it. */
    static void remove(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        for (Path path : below(folder).reversed()) {
            Files.deleteIfExists(path);
        }
        Files.deleteIfExists(folder);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
