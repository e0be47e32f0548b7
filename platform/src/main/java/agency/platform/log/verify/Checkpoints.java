package agency.platform.log.verify;

import agency.kernel.fault.Fault;
import agency.platform.crypto.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of the log in a file outside its database, each a line signed with Ed25519 (RFC
 * 8032): whoever can rewrite the database, its seals included, cannot rewrite these.
 *
 * <p>The files are {@code checkpoints.log}, {@code checkpoints.key} (mode 0600) and {@code
 * checkpoints.pub} in one folder.
 */
public final class Checkpoints {
    /** Above this size every second old line is dropped, in bytes. */
    static final long THIN_ABOVE_BYTES = 4 << 20;

    /** Lines that are never dropped, counted from the end. */
    private static final int KEEP_LINES = 1_000;

    private final Path folder;
    private @Nullable KeyPair keys;

    /** Checkpoints in this folder, which is made at first use. */
    public Checkpoints(Path folder) {
        this.folder = folder;
    }

    /** A line that is no checkpoint of ours. */
    record Bad(int line, String why) {}

    /** What the file holds. */
    record Kept(List<Checkpoint> checkpoints, List<Bad> bad) {}

    /** Writes a checkpoint and forces it to disk. */
    synchronized void append(Checkpoint checkpoint) {
        try {
            String text = checkpoint.text();
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(keys().getPrivate());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            String line = text + "\t" + Base64.getEncoder().encodeToString(signature.sign()) + "\n";
            thin();
            write(file(), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /** Reads every checkpoint and checks its signature. */
    synchronized Kept read() {
        List<Checkpoint> good = new ArrayList<>();
        List<Bad> bad = new ArrayList<>();
        if (Files.notExists(file())) {
            return new Kept(good, bad);
        }
        try {
            PublicKey key = keys().getPublic();
            List<String> lines = Files.readAllLines(file(), StandardCharsets.UTF_8);
            for (int i = 0; i < lines.size(); i++) {
                String[] parts = lines.get(i).split("\t", -1);
                try {
                    Signature signature = Signature.getInstance("Ed25519");
                    signature.initVerify(key);
                    signature.update(parts[0].getBytes(StandardCharsets.UTF_8));
                    if (parts.length == 2
                            && signature.verify(Base64.getDecoder().decode(parts[1]))) {
                        good.add(Checkpoint.parse(parts[0]));
                    } else {
                        bad.add(new Bad(i + 1, "its signature is not ours"));
                    }
                } catch (IllegalArgumentException | java.security.SignatureException e) {
                    // A line cut by a power failure is expected only at the end.
                    if (i + 1 < lines.size()) {
                        bad.add(new Bad(i + 1, "it cannot be read"));
                    }
                }
            }
            return new Kept(good, bad);
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /** Signs a text with the key of these checkpoints. */
    public synchronized byte[] sign(String text) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(keys().getPrivate());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return signature.sign();
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /** The key that proves what {@link #sign} has signed, as X.509 encodes it. */
    public synchronized byte[] publicKey() {
        try {
            return keys().getPublic().getEncoded();
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /** Whether a text was signed by who holds the private half of this key. */
    public static boolean signed(byte[] publicKey, String text, byte[] signed) {
        try {
            PublicKey key =
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(new X509EncodedKeySpec(publicKey));
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** What people compare to tell one key from another: the beginning of its SHA-256. */
    public static String fingerprint(byte[] publicKey) {
        return HexFormat.of().formatHex(Digests.sha256(publicKey), 0, 16);
    }

    private Path file() {
        return folder.resolve("checkpoints.log");
    }

    private KeyPair keys() throws IOException, GeneralSecurityException {
        KeyPair known = keys;
        if (known == null) {
            Files.createDirectories(folder);
            Path secret = folder.resolve("checkpoints.key");
            Path open = folder.resolve("checkpoints.pub");
            if (Files.notExists(secret) || Files.notExists(open)) {
                KeyPair fresh = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                Base64.Encoder base64 = Base64.getEncoder();
                replace(secret, base64.encodeToString(fresh.getPrivate().getEncoded()) + "\n");
                replace(open, base64.encodeToString(fresh.getPublic().getEncoded()) + "\n");
            }
            KeyFactory factory = KeyFactory.getInstance("Ed25519");
            PublicKey verifies = factory.generatePublic(new X509EncodedKeySpec(decoded(open)));
            PrivateKey signs = factory.generatePrivate(new PKCS8EncodedKeySpec(decoded(secret)));
            known = new KeyPair(verifies, signs);
            keys = known;
        }
        return known;
    }

    private static byte[] decoded(Path file) throws IOException {
        return Base64.getDecoder().decode(Files.readString(file, StandardCharsets.UTF_8).strip());
    }

    private void thin() throws IOException {
        if (Files.notExists(file()) || Files.size(file()) < THIN_ABOVE_BYTES) {
            return;
        }
        List<String> lines = Files.readAllLines(file(), StandardCharsets.UTF_8);
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            if (i % 2 == 0 || i >= lines.size() - KEEP_LINES) {
                kept.append(lines.get(i)).append('\n');
            }
        }
        replace(file(), kept.toString());
    }

    /** Writes a file anew, mode 0600, whole or not at all. */
    private static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(
                    fresh,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(fresh);
        }
        write(fresh, text, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void write(Path file, String text, StandardOpenOption... how)
            throws IOException {
        try (FileChannel channel = FileChannel.open(file, how)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private Fault unusable(Exception cause) {
        return Fault.passing(
                "log.checkpoints-unusable",
                "The log's checkpoints cannot be read or written.",
                Map.of("folder", folder.toString()),
                cause);
    }
}
