package agency.access.flow;

import agency.access.api.OfferedLink;
import agency.access.domain.link.LinkCommand;
import agency.access.domain.link.OneTimeLink;
import agency.kernel.fact.FactMeta;
import agency.kernel.id.IdSource;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands.Handled;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/** Offers a one-time link that signs a person's browser in. */
public final class OfferLink {
    private final Recording recording;
    private final IdSource ids;
    private final SecretSource secrets;
    private final InstantSource clock;
    private final OneTimeLink decider = new OneTimeLink();

    /** Offers links with ids, secrets and the time from here. */
    public OfferLink(Recording recording, IdSource ids, SecretSource secrets, InstantSource clock) {
        this.recording = recording;
        this.ids = ids;
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Offers a link that lasts {@link OneTimeLink#MAX_LIFE}. */
    public OfferedLink offer(int tenant, UUID person, FactMeta meta) {
        Minting minting = Minting.of(Minting.PASSING, secrets);
        UUID link = ids.next();
        Instant now = clock.instant();
        Instant expires = now.plus(OneTimeLink.MAX_LIFE);
        var handled =
                recording.here(
                        OneTimeLink.stream(tenant, link),
                        decider,
                        new LinkCommand.OfferLink(link, person, minting.sha256(), expires, now),
                        meta);
        return switch (handled) {
            case Handled.Done<?, ?> done -> new OfferedLink(minting.text(), expires);
            case Handled.Refused<?, ?> refused ->
                    throw new IllegalStateException("no link: " + refused.reason());
        };
    }
}
