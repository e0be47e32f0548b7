/** Requests that are done once, however often they come. */
@NullMarked
package agency.platform.idempotency;

import org.jspecify.annotations.NullMarked;
