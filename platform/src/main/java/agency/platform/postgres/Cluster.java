package agency.platform.postgres;

import agency.kernel.fault.Fault;
import agency.platform.crypto.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the embedded PostgreSQL: programs, data, password. Made once; a making that was cut
 * short leaves only a folder beside, which the next one removes.
 */
record Cluster(Path programs, Path data, Path log, Secret password, Unprivileged identity) {
    /** The superuser, who owns the schemas and runs migrations. */
    static final String OWNER = "agency_owner";

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final int INITDB_SECONDS = 120;
    private static final int PASSWORD_BYTES = 24;

    /**
     * Opens the cluster below a folder, making it first when there is none.
     *
     * @param programsHome where the programs are unpacked
     * @param identity who it runs as, given the folder and the data directory
     */
    static Cluster below(
            Path home, Path programsHome, BiFunction<Path, Path, Unprivileged> identity) {
        Path data = home.resolve("data");
        Path passwordFile = home.resolve("password");
        Path programs = PostgresBinaries.unpackedBelow(programsHome);
        Unprivileged user = identity.apply(home, data);
        try {
            removeLeftovers(home);
            if (!Files.exists(data)) {
                make(programs, home, data, passwordFile, user);
            }
            user.takeOver(data);
            checkVersion(data);
            if (!Files.isReadable(passwordFile)) {
                throw Fault.lasting(
                        "postgres.no-password",
                        "The password of the embedded PostgreSQL is missing: "
                                + passwordFile
                                + " cannot be read. Put it back from a backup.",
                        Map.of("file", passwordFile.toString()),
                        null);
            }
            Secret password = Secret.of(Files.readString(passwordFile).strip());
            return new Cluster(programs, data, home.resolve("postgres.log"), password, user);
        } catch (IOException unusable) {
            throw Fault.lasting(
                    "postgres.files",
                    "The embedded PostgreSQL's files in "
                            + home
                            + " cannot be used: "
                            + unusable.getMessage(),
                    Map.of("folder", home.toString()),
                    unusable);
        }
    }

    private static void checkVersion(Path data) throws IOException {
        Path file = data.resolve("PG_VERSION");
        if (!Files.exists(file)) {
            // Never made anew: what is left of it may be all there is of someone's facts.
            throw Fault.lasting(
                    "postgres.damaged",
                    data
                            + " is not a PostgreSQL data directory (it has no PG_VERSION). Restore"
                            + " it from a backup, or move it away to begin with an empty one.",
                    Map.of("data", data.toString()),
                    null);
        }
        String version = Files.readString(file).strip();
        if (!PostgresBinaries.VERSION.startsWith(version + ".")) {
            throw Fault.lasting(
                    "postgres.other-major",
                    "The data in "
                            + data
                            + " was written by PostgreSQL "
                            + version
                            + ", this Agency brings "
                            + PostgresBinaries.VERSION
                            + ". Start the Agency that wrote it, and move by export and"
                            + " import.",
                    Map.of("data", data.toString(), "version", version),
                    null);
        }
    }

    private static void make(
            Path programs, Path home, Path data, Path passwordFile, Unprivileged user)
            throws IOException {
        writePassword(passwordFile);
        // A name of its own each time: an initdb that outlived its killed starter may still be
        // writing.
        Path fresh = home.resolve("making-" + HexFormat.of().formatHex(random(8)));
        Path said = home.resolve("initdb.log");
        Process initdb =
                new ProcessBuilder(
                                user.command(
                                        List.of(
                                                programs.resolve("bin/initdb").toString(),
                                                "--pgdata=" + fresh,
                                                "--username=" + OWNER,
                                                "--pwfile=" + passwordFile,
                                                "--auth=scram-sha-256",
                                                "--encoding=UTF8",
                                                "--locale=C",
                                                "--data-checksums",
                                                "--no-instructions")))
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(said.toFile())
                        .start();
        try {
            if (!initdb.waitFor(INITDB_SECONDS, TimeUnit.SECONDS) || initdb.exitValue() != 0) {
                initdb.destroyForcibly();
                throw Fault.lasting(
                        "postgres.initdb",
                        "PostgreSQL could not make its data directory: "
                                + lastLine(Files.readString(said)),
                        Map.of("folder", home.toString()),
                        null);
            }
        } catch (InterruptedException interrupted) {
            initdb.destroyForcibly();
            Thread.currentThread().interrupt();
            throw Fault.passing(
                    "postgres.initdb",
                    "Interrupted while making the data directory.",
                    Map.of(),
                    interrupted);
        }
        Files.delete(said);
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
        force(home);
    }

    /** On the disk before there is data that needs it. */
    private static void writePassword(Path file) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            String password = HexFormat.of().formatHex(random(PASSWORD_BYTES));
            channel.write(ByteBuffer.wrap(password.getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return random;
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void removeLeftovers(Path home) throws IOException {
        List<Path> leftovers;
        try (var all = Files.list(home)) {
            leftovers =
                    all.filter(path ->
                                    path.getFileName()
                                            .toString()
                                            .matches("making-[0-9a-f]+|unpacking-.*"))
                            .toList();
        }
        for (Path leftover : leftovers) {
            try {
                PostgresBinaries.removeTree(leftover);
            } catch (IOException | java.io.UncheckedIOException stillBeingWritten) {
                LOG.info("{} is removed at a later start", leftover);
            }
        }
    }

    private static String lastLine(String text) {
        return text.lines()
                .filter(line -> !line.isBlank())
                .reduce((first, second) -> second)
                .orElse("no reason given");
    }
}
