/** An invitation: how a person becomes a member who can sign in by himself. */
@NullMarked
package agency.access.domain.invitation;

import org.jspecify.annotations.NullMarked;
