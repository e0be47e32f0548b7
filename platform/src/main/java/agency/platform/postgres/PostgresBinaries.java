package agency.platform.postgres;

import agency.kernel.fault.Fault;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of PostgreSQL, unpacked once from the binaries jar on the class path. The jar holds
 * one archive, named after system and processor; Linux on x86-64 is tested, the others are not.
 */
final class PostgresBinaries {
    /**
     * The version the build brings along, part of the folder's name, so that a new one is unpacked
     * beside the old.
     */
    static final String VERSION = "18.6.0";

    private PostgresBinaries() {}

    /**
     * The folder with {@code bin/postgres}; unpacked below {@code home} when it is not there yet.
     */
    static Path unpackedBelow(Path home) {
        Path folder = home.resolve("programs-" + VERSION);
        if (Files.isExecutable(folder.resolve("bin/postgres"))) {
            return folder;
        }
        String archive = archive(System.getProperty("os.name"), System.getProperty("os.arch"));
        try (InputStream resource = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
            if (resource == null) {
                throw Fault.lasting(
                        "postgres.no-programs",
                        "This build brings no PostgreSQL for this system ("
                                + archive
                                + " is missing). Build it on this machine, or name a server with"
                                + " database.url.",
                        Map.of("archive", archive),
                        null);
            }
            Path partial = Files.createTempDirectory(home, "unpacking-");
            unpack(resource, partial);
            // Who runs them may not be who unpacked them; the folders above say who gets here at
            // all.
            Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
            if (Files.exists(folder)) {
                removeTree(folder);
            }
            Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
            return folder;
        } catch (IOException failed) {
            throw Fault.lasting(
                    "postgres.cannot-unpack",
                    "PostgreSQL's programs cannot be unpacked to "
                            + folder
                            + ": "
                            + failed.getMessage(),
                    Map.of("folder", folder.toString()),
                    failed);
        }
    }

    /** The archive's name for a system: {@code postgres-linux-x86_64.txz}. */
    static String archive(String system, String processor) {
        String os = system.toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String cpu =
                switch (processor.toLowerCase(Locale.ROOT)) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm_64";
                    default -> processor;
                };
        return "postgres-" + os + "-" + cpu + ".txz";
    }

    /** Deletes a folder and all that is in it. */
    static void removeTree(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /**
     * A folder that stands must hold whole programs, also after a loss of power. The thousand small
     * files beside them are not forced: that took longer than all the rest.
     */
    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(false);
        }
    }

    private static void unpack(InputStream archive, Path into) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                Path target = into.resolve(entry.getName()).normalize();
                if (!target.startsWith(into)) {
                    throw new IOException("the archive points outside itself: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (entry.isSymbolicLink()) {
                    Files.createDirectories(target.getParent());
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(tar, target);
                    if ((entry.getMode() & 0100) != 0) {
                        force(target);
                        Files.setPosixFilePermissions(
                                target, PosixFilePermissions.fromString("rwxr-xr-x"));
                    }
                }
            }
        }
    }
}
