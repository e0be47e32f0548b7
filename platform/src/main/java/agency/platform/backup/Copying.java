package agency.platform.backup;

import agency.platform.crypto.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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

    /** Everything below a folder, itself left out, in order. */
    static List<Path> below(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> !path.equals(folder)).sorted().toList();
        }
    }

    /** Removes a folder and all that is in it. */
    static void remove(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
