package agency.access.flow;

import agency.access.domain.key.ApiKey;
import agency.access.domain.key.KeyCommand;
import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyRefusal;
import agency.kernel.decision.AtVersion;
import agency.kernel.fact.FactMeta;
import agency.platform.log.Commands.Handled;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends a key. When it returns, no instance admits the key and streams open with it are ended. */
public final class RevokeKey {
    private final Recording recording;
    private final InstantSource clock;
    private final ApiKey decider = new ApiKey();

    /** Revokes at the time from here. */
    public RevokeKey(Recording recording, InstantSource clock) {
        this.recording = recording;
        this.clock = clock;
    }

    /** Revokes an organisation's key; empty when it is revoked, else why it is not. */
    public Optional<KeyRefusal> revoke(int tenant, UUID key, FactMeta meta) {
        return revoke(tenant, key, null, meta);
    }

    /** The same, while the key is of so many facts; null for however many. */
    public Optional<KeyRefusal> revoke(
            int tenant, UUID key, @Nullable Integer expected, FactMeta meta) {
        Handled<KeyEvent, KeyRefusal> handled =
                recording.everywhere(
                        ApiKey.stream(tenant, key),
                        AtVersion.of(decider, expected, new KeyRefusal.Changed()),
                        new KeyCommand.RevokeKey(key, clock.instant()),
                        meta);
        return switch (handled) {
            case Handled.Done<KeyEvent, KeyRefusal> done -> Optional.empty();
            case Handled.Refused<KeyEvent, KeyRefusal> refused -> Optional.of(refused.reason());
        };
    }
}
