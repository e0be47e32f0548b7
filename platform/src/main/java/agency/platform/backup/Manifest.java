package agency.platform.backup;

import agency.kernel.fault.Fault;
import agency.platform.crypto.Digests;
import agency.platform.json.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What a backup holds. It is written last: a folder without one is no backup, whatever else lies in
 * it.
 *
 * @param format which form of backup this is; this program knows {@link #FORMAT}
 * @param postgres the version of PostgreSQL whose files these are
 * @param incarnation which life of the log it was taken from
 * @param end the moment up to which everything that was acknowledged is in it
 * @param heads the last fact of each lane that is in it at least
 * @param masterKey which master key opens its secrets: the beginning of a hash; null when unknown
 * @param folders the folders, also empty ones, relative to the backup
 * @param files the files, relative to the backup
 * @param digest a hash over all of this
 */
public record Manifest(
        int format,
        String postgres,
        UUID incarnation,
        Instant end,
        List<Long> heads,
        @Nullable String masterKey,
        List<String> folders,
        List<Entry> files,
        String digest) {
    /** The form that this program writes. */
    public static final int FORMAT = 1;

    /** Its name in the backup's folder. */
    static final String FILE = "manifest.json";

    /** Most files and folders of a backup. */
    private static final int MOST_FILES = 1_000_000;

    private static final long MOST_BYTES = 512L * 1024 * 1024;

    /**
     * A file.
     *
     * @param sha256 of its content, in hexadecimal
     */
    public record Entry(String path, long bytes, String sha256) {}

    /** Copies. */
    public Manifest {
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(end);
        heads = List.copyOf(heads);
        folders = List.copyOf(folders);
        files = List.copyOf(files);
    }

    /** The same with the digest it must have. */
    Manifest digested() {
        StringBuilder all = new StringBuilder();
        all.append(format).append('\n').append(postgres).append('\n').append(incarnation);
        all.append('\n').append(end).append('\n').append(heads).append('\n').append(masterKey);
        folders.forEach(folder -> all.append('\n').append(folder));
        for (Entry file : files) {
            all.append('\n').append(file.path).append(' ').append(file.bytes);
            all.append(' ').append(file.sha256);
        }
        byte[] hash = Digests.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
        return new Manifest(
                format,
                postgres,
                incarnation,
                end,
                heads,
                masterKey,
                folders,
                files,
                HexFormat.of().formatHex(hash));
    }

    /** Writes it into a folder, on the disk before this returns. */
    void write(Path folder) throws IOException {
        Path beside = folder.resolve(FILE + ".being-written");
        Files.write(beside, Json.mapper().writeValueAsBytes(digested()));
        try (FileChannel file = FileChannel.open(beside, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(beside, folder.resolve(FILE));
        Copying.force(folder);
    }

    /**
     * Reads a backup's manifest and checks it for itself; refuses with a {@link Fault} that says
     * what is wrong.
     */
    static Manifest read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw bad(folder, "it has no " + FILE + ": it was never finished, or is no backup");
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw bad(folder, FILE + " is larger than any could be");
            }
            Manifest read = Json.mapper().readValue(Files.readAllBytes(file), Manifest.class);
            if (read.format != FORMAT) {
                throw bad(
                        folder,
                        "it is of form "
                                + read.format
                                + ", this program reads form "
                                + FORMAT
                                + ": use the program that made it, or a newer one");
            }
            if (!read.digested().digest.equals(read.digest)) {
                throw bad(folder, FILE + " was changed after it was written");
            }
            read.checkPaths(folder);
            return read;
        } catch (JacksonException | IOException unreadable) {
            throw bad(folder, FILE + " cannot be read");
        }
    }

    private void checkPaths(Path folder) {
        if (files.size() + folders.size() > MOST_FILES) {
            throw bad(folder, "it names more than " + MOST_FILES + " files");
        }
        Set<String> seen = new HashSet<>();
        for (Entry file : files) {
            checkPath(folder, file.path, seen);
        }
        for (String one : folders) {
            checkPath(folder, one, seen);
        }
    }

    private static void checkPath(Path folder, String path, Set<String> seen) {
        if (path.indexOf('\0') >= 0) {
            throw bad(folder, "it names something that cannot be a path");
        }
        Path relative = Path.of(path);
        boolean inside =
                !path.isEmpty()
                        && !relative.isAbsolute()
                        && relative.normalize().toString().equals(path)
                        && !relative.startsWith("..");
        if (!inside) {
            throw bad(folder, "it names a path outside itself: " + path);
        }
        if (!seen.add(path)) {
            throw bad(folder, "it names a path twice: " + path);
        }
    }

    static Fault bad(Path folder, String why) {
        return Fault.lasting(
                "backup.bad",
                folder + " cannot be used as a backup: " + why + ".",
                Map.of("folder", folder.toString()),
                null);
    }
}
