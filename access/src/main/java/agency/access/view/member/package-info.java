/** Who is a member of which organisation, in memory. */
@NullMarked
package agency.access.view.member;

import org.jspecify.annotations.NullMarked;
