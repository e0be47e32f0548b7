package agency.platform.log.transfer;

import agency.platform.json.Json;
import agency.platform.log.verify.Checkpoints;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

/** Writes lines of JSON, and at their end how many there were and a signed hash over them. */
final class SignedWriter {
    private final OutputStream out;
    private final MessageDigest digest = SignedReader.sha256();
    private long count;

    SignedWriter(OutputStream out) {
        this.out = new BufferedOutputStream(out, 1 << 16);
    }

    void line(String text) throws IOException {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        digest.update(bytes);
        out.write(bytes);
        count++;
    }

    /** How many lines were written. */
    long count() {
        return count;
    }

    /**
     * Writes the last line, signed (Ed25519, RFC 8032) by the installation's checkpoint key; does
     * not close the stream.
     *
     * @return the hash over the lines before it, in hexadecimal
     */
    String end(Checkpoints signer) throws IOException {
        String hash = HexFormat.of().formatHex(digest.digest());
        Map<String, Object> trailer =
                Map.of(
                        "lines",
                        count,
                        "sha256",
                        hash,
                        "key",
                        base64(signer.publicKey()),
                        "signature",
                        base64(signer.sign(count + " " + hash)));
        line(Json.mapper().writeValueAsString(Map.of("trailer", trailer)));
        out.flush();
        return hash;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
