package agency.access.view.key;

import agency.access.domain.key.KeyEvent;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a key.
 *
 * @param tenant whose it is
 * @param issued what it was issued with
 * @param revokedAt when it was revoked; null while it was not
 */
public record KeyCard(int tenant, KeyEvent.Issued issued, @Nullable Instant revokedAt) {
    /** How a key stands at a moment. */
    public enum Standing {
        /** It lets in. */
        ACTIVE,
        /** Its time is over. */
        EXPIRED,
        /** It was revoked. */
        REVOKED
    }

    /** Its id. */
    public UUID id() {
        return issued.key();
    }

    /** How it stands at this moment. */
    public Standing standing(Instant now) {
        Instant expires = issued.expires();
        if (revokedAt != null) {
            return Standing.REVOKED;
        }
        return expires == null || now.isBefore(expires) ? Standing.ACTIVE : Standing.EXPIRED;
    }

    KeyCard revoked(Instant at) {
        return new KeyCard(tenant, issued, at);
    }
}
