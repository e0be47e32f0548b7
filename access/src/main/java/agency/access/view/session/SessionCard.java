package agency.access.view.session;

import java.time.Instant;
import java.util.UUID;

/** An open session: whose it is, since when and until when. */
public record SessionCard(int tenant, UUID session, UUID person, Instant opened, Instant expires) {}
