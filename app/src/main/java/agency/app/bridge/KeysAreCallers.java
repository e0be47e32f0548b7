package agency.app.bridge;

import agency.access.api.KeyDirectory;
import agency.gateway.port.Callers;
import agency.ledger.flow.Ledger;
import java.time.InstantSource;

/**
 * access → gateway: who bears a key may ask models; what caps the key is known to the ledger before
 * its first attempt.
 */
public final class KeysAreCallers implements Callers {
    private static final int ADRIFT_RETRY_SECONDS = 2;

    private final KeyDirectory keys;
    private final Ledger ledger;
    private final InstantSource clock;

    /** Looks keys up here, judges expiry by this clock, and tells this ledger of caps. */
    public KeysAreCallers(KeyDirectory keys, Ledger ledger, InstantSource clock) {
        this.keys = keys;
        this.ledger = ledger;
        this.clock = clock;
    }

    @Override
    public Bearer bearer(String key) {
        return switch (keys.lookup(key, clock.instant())) {
            case KeyDirectory.Answer.Known known -> {
                ledger.cap(known.caller().key(), known.cap() == null ? null : known.cap().value());
                yield new Bearer.Known(known.caller(), known.models(), known.from());
            }
            case KeyDirectory.Answer.Revoked revoked -> new Bearer.Revoked();
            case KeyDirectory.Answer.Expired expired -> new Bearer.Expired();
            case KeyDirectory.Answer.Unknown unknown -> new Bearer.Nobody();
            case KeyDirectory.Answer.Adrift adrift -> new Bearer.Adrift(ADRIFT_RETRY_SECONDS);
        };
    }
}
