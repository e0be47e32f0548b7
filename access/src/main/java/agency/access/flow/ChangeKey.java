package agency.access.flow;

import agency.access.domain.key.ApiKey;
import agency.access.domain.key.KeyCommand;
import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyRefusal;
import agency.access.view.key.KeyCard;
import agency.kernel.decision.AtVersion;
import agency.kernel.fact.FactMeta;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands.Handled;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Changes what a key allows, or its text. When it returns, every instance goes by it: what was
 * taken away lets in nowhere.
 */
public final class ChangeKey {
    private final Recording recording;
    private final SecretSource secrets;
    private final InstantSource clock;
    private final ApiKey decider = new ApiKey();

    /** Changes at the time from here, with secrets from here. */
    public ChangeKey(Recording recording, SecretSource secrets, InstantSource clock) {
        this.recording = recording;
        this.secrets = secrets;
        this.clock = clock;
    }

    /** What became of giving it another text. */
    public sealed interface Rotated {
        /** It has another; to be had only here. */
        record Done(Secret text) implements Rotated {}

        /** It has the one it had. */
        record Refused(KeyRefusal reason) implements Rotated {}
    }

    /**
     * Changes what an organisation's key allows; empty when done, else why not.
     *
     * @param expected of how many facts the key is to be; null for however many
     */
    public Optional<KeyRefusal> change(
            int tenant, KeyCommand.ChangeKey change, @Nullable Integer expected, FactMeta meta) {
        return switch (handle(tenant, change.key(), change, expected, meta)) {
            case Handled.Done<KeyEvent, KeyRefusal> done -> Optional.empty();
            case Handled.Refused<KeyEvent, KeyRefusal> refused -> Optional.of(refused.reason());
        };
    }

    /**
     * Gives an organisation's key another text, for {@code overlap} beside the one so far.
     *
     * @param expected of how many facts the key is to be; null for however many
     */
    public Rotated rotate(
            KeyCard key,
            Duration overlap,
            Set<String> may,
            @Nullable Integer expected,
            FactMeta meta) {
        Minting minting =
                Minting.of(
                        switch (key.issued()) {
                            case KeyEvent.ProjectKeyIssued project -> Minting.PROJECT_KEY;
                            case KeyEvent.Administrating administrating ->
                                    Minting.ADMINISTRATOR_KEY;
                        },
                        secrets);
        KeyCommand command =
                new KeyCommand.RotateKey(key.id(), minting.sha256(), overlap, may, clock.instant());
        return switch (handle(key.tenant(), key.id(), command, expected, meta)) {
            case Handled.Done<KeyEvent, KeyRefusal> done -> new Rotated.Done(minting.text());
            case Handled.Refused<KeyEvent, KeyRefusal> refused ->
                    new Rotated.Refused(refused.reason());
        };
    }

    private Handled<KeyEvent, KeyRefusal> handle(
            int tenant, UUID key, KeyCommand command, @Nullable Integer expected, FactMeta meta) {
        return recording.everywhere(
                ApiKey.stream(tenant, key),
                AtVersion.of(decider, expected, new KeyRefusal.Changed()),
                command,
                meta);
    }
}
