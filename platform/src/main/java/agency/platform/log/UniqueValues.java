package agency.platform.log;

import agency.kernel.fact.FactType;
import agency.kernel.fact.StreamName;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Values that may stand only once in their organisation, each a stream of its own named by a keyed
 * hash: the value cannot be guessed from the log.
 */
final class UniqueValues {
    /** The category of their streams. */
    static final String CATEGORY = "unique";

    /** A value was claimed by a stream ({@code category/key}). */
    record ValueClaimed(String kind, String holder) {}

    /** A value was given back. */
    record ValueReleased(String kind, String holder) {}

    static final List<FactType<?>> FACTS =
            List.of(
                    new FactType<>("log.value.claimed", 1, ValueClaimed.class),
                    new FactType<>("log.value.released", 1, ValueReleased.class));

    private final byte[] secret;

    UniqueValues(byte[] secret) {
        this.secret = secret;
    }

    /** The stream of a value. Refuses claims by streams outside their organisation's partition. */
    StreamName stream(StreamName holder, Append.Claim claim) {
        if (!holder.partition().equals("tenant/" + holder.tenant())) {
            throw new IllegalArgumentException(
                    "only streams in their organisation's partition can claim a value, not "
                            + holder);
        }
        String text = holder.tenant() + "\n" + claim.kind() + "\n" + claim.value();
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            String hash =
                    Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
            return StreamName.of(holder.tenant(), CATEGORY, claim.kind() + "/" + hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /** The fact that claims or gives back a value. */
    Record fact(StreamName holder, Append.Claim claim) {
        String name = holder.category() + "/" + holder.key();
        return claim.held()
                ? new ValueClaimed(claim.kind(), name)
                : new ValueReleased(claim.kind(), name);
    }
}
