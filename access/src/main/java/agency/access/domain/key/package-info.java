/** An API key: issued, revoked, never changed. */
@NullMarked
package agency.access.domain.key;

import org.jspecify.annotations.NullMarked;
