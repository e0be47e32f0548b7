package agency.access.flow;

import agency.access.domain.key.KeyEvent;
import agency.access.domain.role.Standing;
import agency.access.view.key.KeyCard;
import agency.access.view.key.KeyRegister;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Personal;
import agency.platform.crypto.Secret;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gives the local profile an administrator key when it has none that works: at the first start,
 * after the file was lost or its key revoked, after a crash between issuing and writing it down.
 * Whoever may write the data directory is an administrator.
 */
public final class ReissueProfile {
    private static final String NAME = "local profile";

    private final KeyRegister keys;
    private final IssueKey issueKey;
    private final InstantSource clock;

    /** Looks into this register and issues with this flow. */
    public ReissueProfile(KeyRegister keys, IssueKey issueKey, InstantSource clock) {
        this.keys = keys;
        this.issueKey = issueKey;
        this.clock = clock;
    }

    /**
     * A new key, unless the one the profile holds still lets an administrator in.
     *
     * @param held what the profile holds; null when there is none
     */
    public Optional<Secret> reissue(
            int tenant, UUID administrator, @Nullable Secret held, FactMeta meta) {
        if (held != null
                && keys.bearing(held.reveal(), clock.instant()).filter(this::letsIn).isPresent()) {
            return Optional.empty();
        }
        IssueKey.Result result =
                issueKey.forAdministrator(
                        tenant,
                        new IssueKey.AdministratorKey(
                                new Personal(administrator, NAME),
                                Standing.FOUNDER,
                                Standing.FOUNDER.permissions(),
                                null,
                                List.of()),
                        meta);
        return switch (result) {
            case IssueKey.Result.Done done -> Optional.of(done.text());
            case IssueKey.Result.Refused refused ->
                    throw new IllegalStateException("no profile key: " + refused.reason());
        };
    }

    private boolean letsIn(KeyCard card) {
        return card.issued() instanceof KeyEvent.Administrating
                && card.standing(clock.instant()) == KeyCard.Standing.ACTIVE;
    }
}
