package agency.access.api;

import agency.platform.crypto.Secret;
import java.time.Instant;

/** A one-time link: its token, which goes behind {@code /#link=}, and until when it can be used. */
public record OfferedLink(Secret token, Instant expires) {}
