package agency.access.view.key;

import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.key.KeyTerms;
import agency.kernel.network.AddressRange;
import java.net.InetAddress;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a key.
 *
 * @param tenant whose it is
 * @param issued what it was issued with
 * @param terms what it allows by now
 * @param version of how many facts it is
 * @param revokedAt when it was revoked, or what it belongs to closed; null while neither was
 */
public record KeyCard(
        int tenant,
        KeyEvent.Issued issued,
        KeyTerms terms,
        int version,
        @Nullable Instant revokedAt) {
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

    /** Its project; null for a key to administer with. */
    public @Nullable UUID project() {
        return issued instanceof ProjectKeyIssued key ? key.project() : null;
    }

    /**
     * Whether it may be used from an address, as text; what is no address is in no network. Looked
     * at only when the key has networks.
     */
    public boolean admits(String address) {
        return terms.networks().isEmpty() || isWithin(address);
    }

    private boolean isWithin(String text) {
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
        return terms.networks().stream()
                .map(AddressRange::parse)
                .anyMatch(network -> network.contains(address));
    }

    /** How it stands at this moment. */
    public Standing standing(Instant now) {
        if (revokedAt != null) {
            return Standing.REVOKED;
        }
        Instant expires = terms.expires();
        return expires == null || now.isBefore(expires) ? Standing.ACTIVE : Standing.EXPIRED;
    }

    /** The same under other terms, of so many facts. */
    KeyCard under(KeyTerms changed, int facts) {
        return new KeyCard(tenant, issued, changed, facts, revokedAt);
    }

    /** The same, revoked at this moment unless it was before. */
    KeyCard revoked(Instant at) {
        return revokedAt == null ? new KeyCard(tenant, issued, terms, version, at) : this;
    }
}
