package agency.platform.postgres;

import agency.kernel.fault.Fault;
import agency.platform.crypto.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The files of the embedded PostgreSQL: programs, data, password. Made once; a making that was cut
 * short leaves only a folder beside, which the next one removes.
 */
record Cluster(Path programs, Path data, Path log, Secret password) {
    /** The superuser, who owns the schemas and runs migrations. */
    static final String OWNER = "agency_owner";

    private static final int INITDB_SECONDS = 120;
    private static final int PASSWORD_BYTES = 24;

    /** Opens the cluster below a folder, making it first when there is none. */
    static Cluster below(Path home) {
        Path programs = PostgresBinaries.unpackedBelow(home);
        Path data = home.resolve("data");
        Path passwordFile = home.resolve("password");
        try {
            if (!Files.exists(data.resolve("PG_VERSION"))) {
                make(programs, home, data, passwordFile);
            }
            String version = Files.readString(data.resolve("PG_VERSION")).strip();
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
            Secret password = Secret.of(Files.readString(passwordFile).strip());
            return new Cluster(programs, data, home.resolve("postgres.log"), password);
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

    private static void make(Path programs, Path home, Path data, Path passwordFile)
            throws IOException {
        for (Path leftover : leftovers(home)) {
            PostgresBinaries.removeTree(leftover);
        }
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(passwordFile);
        Files.createFile(
                passwordFile,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwordFile, HexFormat.of().formatHex(random));
        Path fresh = home.resolve("making-data");
        Process initdb =
                new ProcessBuilder(
                                Unprivileged.command(
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
                        .start();
        initdb.getOutputStream().close();
        String said = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!initdb.waitFor(INITDB_SECONDS, TimeUnit.SECONDS) || initdb.exitValue() != 0) {
                initdb.destroyForcibly();
                throw Fault.lasting(
                        "postgres.initdb",
                        "PostgreSQL could not make its data directory: " + lastLine(said),
                        Map.of("folder", fresh.toString()),
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
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<Path> leftovers(Path home) throws IOException {
        try (var all = Files.list(home)) {
            return all.filter(path ->
                            path.getFileName().toString().matches("making-data|unpacking-.*"))
                    .toList();
        }
    }

    private static String lastLine(String text) {
        return text.lines()
                .filter(line -> !line.isBlank())
                .reduce((first, second) -> second)
                .orElse("no reason given");
    }
}
