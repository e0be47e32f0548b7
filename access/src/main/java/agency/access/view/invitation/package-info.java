/** Who is invited. */
@NullMarked
package agency.access.view.invitation;

import org.jspecify.annotations.NullMarked;
