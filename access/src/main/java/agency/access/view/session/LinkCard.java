package agency.access.view.session;

import java.util.UUID;

/** A one-time link that was offered, and whom it signs in. */
public record LinkCard(int tenant, UUID link, UUID person) {}
