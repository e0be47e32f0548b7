package agency.app.bridge;

import agency.access.api.KeyDirectory;
import agency.gateway.port.Callers;
import java.time.InstantSource;

/** access → gateway: who bears a key may ask models. */
public final class KeysAreCallers implements Callers {
    private static final int ADRIFT_RETRY_SECONDS = 2;

    private final KeyDirectory keys;
    private final InstantSource clock;

    /** Looks keys up here, and judges expiry by this clock. */
    public KeysAreCallers(KeyDirectory keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public Bearer bearer(String key) {
        return switch (keys.lookup(key, clock.instant())) {
            case KeyDirectory.Answer.Known known ->
                    new Bearer.Known(known.caller(), known.models(), known.from());
            case KeyDirectory.Answer.Revoked revoked -> new Bearer.Revoked();
            case KeyDirectory.Answer.Expired expired -> new Bearer.Expired();
            case KeyDirectory.Answer.Unknown unknown -> new Bearer.Nobody();
            case KeyDirectory.Answer.Adrift adrift -> new Bearer.Adrift(ADRIFT_RETRY_SECONDS);
        };
    }
}
