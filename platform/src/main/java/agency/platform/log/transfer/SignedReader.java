package agency.platform.log.transfer;

import agency.kernel.fault.Fault;
import agency.platform.json.Json;
import agency.platform.log.verify.Checkpoints;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
    /** Longest line, in characters: the largest fact is far below. */
    private static final int MOST_CHARACTERS = 64 * 1024 * 1024;

    private final InputStream in;
    private final String code;
    private final String comfort;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final MessageDigest digest = sha256();
    private long number;

    /**
     * @param code of the faults that say what is wrong
     * @param comfort the sentence that ends them: what was left as it was
     */
    SignedReader(InputStream in, String code, String comfort) {
        this.in = new BufferedInputStream(in, 1 << 16);
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
    private @Nullable String next() throws IOException {
        line.reset();
        for (int one = in.read(); one >= 0; one = in.read()) {
            if (one == '\n') {
                number++;
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(one);
            if (line.size() > MOST_CHARACTERS) {
                number++;
                throw bad("is longer than any could be");
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
        String first = next();
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
        String text = next();
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

    private JsonNode parsed(String text) {
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

    private void hash(String text) {
        digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
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
