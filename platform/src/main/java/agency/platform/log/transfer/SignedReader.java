package agency.platform.log.transfer;

import agency.kernel.fault.Fault;
import agency.platform.json.Json;
import agency.platform.log.verify.Checkpoints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads what {@link SignedWriter} has written: lines of bounded length, counted and hashed. */
final class SignedReader {
    /** Longest line, in bytes: the largest fact is far below. */
    private static final int MOST_BYTES = 64 * 1024 * 1024;

    private final InputStream in;
    private final String code;
    private final String comfort;
    private final byte[] piece = new byte[1 << 16];
    private int at;
    private int end;
    private final MessageDigest digest = sha256();
    private long number;

    /**
     * @param code of the faults that say what is wrong
     * @param comfort the sentence that ends them: what was left as it was
     */
    SignedReader(InputStream in, String code, String comfort) {
        this.in = in;
        this.code = code;
        this.comfort = comfort;
    }

    /** What the trailer says. */
    private record Trailer(long lines, String sha256, String key, String signature) {}

    /** The number of the line read last, from 1. */
    long number() {
        return number;
    }

    /** The next line; null at the end. One without an end is refused: the file was cut. */
    private byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            if (at == end) {
                at = 0;
                end = Math.max(0, in.read(piece));
                if (end == 0) {
                    break;
                }
            }
            int from = at;
            while (at < end && piece[at] != '\n') {
                at++;
            }
            line.write(piece, from, at - from);
            if (line.size() > MOST_BYTES) {
                number++;
                throw bad("is longer than any could be");
            }
            if (at < end) {
                at++;
                number++;
                return line.toByteArray();
            }
        }
        if (line.size() > 0) {
            number++;
            throw bad("has no end: the file was cut");
        }
        return null;
    }

    /** The first line. */
    JsonNode header() throws IOException {
        byte[] first = next();
        if (first == null) {
            number++;
            throw bad("is missing: the file is empty");
        }
        JsonNode node = parsed(first);
        hash(first);
        return node;
    }

    /** The next line, which is the trailer when it has a field of that name. */
    JsonNode object() throws IOException {
        byte[] text = next();
        if (text == null) {
            number++;
            throw bad("is missing: the file ends without its trailer");
        }
        JsonNode node = parsed(text);
        if (!node.has("trailer")) {
            hash(text);
        }
        return node;
    }

    private JsonNode parsed(byte[] text) {
        try {
            JsonNode node = Json.mapper().readTree(text);
            if (node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            // Said below.
        }
        throw bad("is no JSON object");
    }

    private void hash(byte[] text) {
        digest.update(text);
        digest.update((byte) '\n');
    }

    /**
     * What a trailer vouches for.
     *
     * @param sha256 of the lines before it, in hexadecimal
     * @param signer a fingerprint of the key that has signed it
     */
    record Signed(String sha256, String signer) {}

    /**
     * Checks the trailer against all that was read before it, and that nothing follows.
     *
     * @param signer the fingerprint of the key that must have signed it; null for any
     */
    Signed end(JsonNode line, @Nullable String signer) throws IOException {
        Signed signed = signed(line.path("trailer"), signer);
        if (next() != null) {
            throw bad("stands behind the trailer");
        }
        return signed;
    }

    private Signed signed(JsonNode node, @Nullable String signer) {
        long before = number - 1;
        String hash = HexFormat.of().formatHex(digest.digest());
        try {
            Trailer trailer = Json.mapper().treeToValue(node, Trailer.class);
            if (trailer.lines != before || !trailer.sha256.equals(hash)) {
                throw bad(
                        "does not fit what stands before it: the file was cut, edited or put"
                                + " together");
            }
            byte[] key = Base64.getDecoder().decode(trailer.key);
            byte[] signature = Base64.getDecoder().decode(trailer.signature);
            if (!Checkpoints.signed(key, trailer.lines + " " + trailer.sha256, signature)) {
                throw bad("holds a signature that is not of its key");
            }
            String fingerprint = Checkpoints.fingerprint(key);
            if (signer != null && !signer.equals(fingerprint)) {
                throw bad("is signed by " + fingerprint + ", not by " + signer);
            }
            return new Signed(hash, fingerprint);
        } catch (JacksonException | IllegalArgumentException e) {
            throw bad("is no trailer");
        }
    }

    Fault bad(String why) {
        return Fault.lasting(
                code,
                "Line " + number + " " + why + ". " + comfort,
                Map.of("line", Long.toString(number)),
                null);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
