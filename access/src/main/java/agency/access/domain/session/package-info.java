/** A session: a signed-in browser. */
@NullMarked
package agency.access.domain.session;

import org.jspecify.annotations.NullMarked;
