package agency.platform.crypto;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key all other keys of an installation come from: 32 bytes, kept outside the data directory so
 * that whoever copies the data cannot read its secrets.
 */
public final class MasterKey {
    /** Its length in bytes. */
    public static final int BYTES = 32;

    private static final int MAX_FILE_BYTES = 1024;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> OWNER_ONLY_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final byte[] key;

    private MasterKey(byte[] key) {
        this.key = key.clone();
    }

    /**
     * The key from a configured text: 32 bytes as base64, base64url or 64 hexadecimal digits.
     * Throws a {@link Fault} that says what it should look like.
     */
    public static MasterKey of(Secret text) {
        return new MasterKey(decoded(text.reveal(), "The configured master key"));
    }

    /**
     * The key in this file, which is made with mode 0600 when it does not exist. Throws a {@link
     * Fault} when others may read it, when it lies inside the data directory or is no key.
     *
     * @param file where it is, see {@link #usualFile}
     * @param data the data directory it must not lie in
     */
    public static MasterKey at(Path file, Path data, SecretSource random) {
        Path path = file.toAbsolutePath().normalize();
        if (path.startsWith(data.toAbsolutePath().normalize())) {
            throw fault(
                    "crypto.master-key-in-data",
                    "The master key must not lie in the data directory, where every copy of the"
                            + " data would hold it: "
                            + path
                            + ". Move it elsewhere and name it in master_key_path.",
                    path,
                    null);
        }
        try {
            if (Files.notExists(path)) {
                create(path, random);
            }
            refuseReadableByOthers(path);
            if (Files.size(path) > MAX_FILE_BYTES) {
                throw notAKey("The file " + path);
            }
            return new MasterKey(
                    decoded(Files.readString(path, StandardCharsets.UTF_8), "The file " + path));
        } catch (IOException e) {
            throw fault(
                    "crypto.master-key-unreadable",
                    "The master key at "
                            + path
                            + " can neither be read nor made: "
                            + e.getMessage(),
                    path,
                    e);
        }
    }

    /** Where the key lies unless configured: {@code $XDG_CONFIG_HOME/agency/master.key}. */
    public static Path usualFile(Map<String, String> environment, Path home) {
        String configured = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path base = configured.isBlank() ? home.resolve(".config") : Path.of(configured);
        return base.resolve("agency").resolve("master.key");
    }

    /** A key for one purpose, 32 bytes; the same for the same purpose, useless for any other. */
    public byte[] derive(String purpose) {
        return Digests.hmacSha256(key, ("agency/v1/" + purpose).getBytes(StandardCharsets.UTF_8));
    }

    /** A box under the key of one purpose. */
    public SealedBox box(String purpose, SecretSource random) {
        return new SealedBox(derive(purpose), random);
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "MasterKey[" + Secret.SHOWN + "]";
    }

    private static void create(Path path, SecretSource random) throws IOException {
        Path folder = path.getParent();
        if (folder != null && Files.notExists(folder)) {
            Files.createDirectories(folder, OWNER_ONLY_FOLDER);
        }
        String text = Base64.getEncoder().encodeToString(random.bytes(BYTES)) + "\n";
        Path fresh = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, OWNER_ONLY);
        try {
            Files.writeString(fresh, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            // A link fails when another process was faster; its key is then the one that counts.
            Files.createLink(path, fresh);
        } catch (FileAlreadyExistsException e) {
            return;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static void refuseReadableByOthers(Path path) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
        for (PosixFilePermission permission : mode) {
            if (!permission.name().startsWith("OWNER_")) {
                throw fault(
                        "crypto.master-key-exposed",
                        "Others may use the master key at "
                                + path
                                + " ("
                                + PosixFilePermissions.toString(mode)
                                + "). Take that away: chmod 600 "
                                + path,
                        path,
                        null);
            }
        }
    }

    private static byte[] decoded(String text, String what) {
        String stripped = text.strip();
        try {
            byte[] bytes =
                    stripped.length() == 2 * BYTES
                            ? HexFormat.of().parseHex(stripped)
                            : Base64.getDecoder()
                                    .decode(stripped.replace('-', '+').replace('_', '/'));
            if (bytes.length == BYTES) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // Said below: the exception's text could show a part of the key.
        }
        throw notAKey(what);
    }

    private static Fault notAKey(String what) {
        return Fault.lasting(
                "crypto.not-a-master-key",
                what
                        + " is not a master key: 32 random bytes in base64 or 64 hexadecimal"
                        + " digits, as from: openssl rand -base64 32",
                Map.of(),
                null);
    }

    private static Fault fault(String code, String sentence, Path path, @Nullable Throwable cause) {
        return Fault.lasting(code, sentence, Map.of("path", path.toString()), cause);
    }
}
