/** Roles, and the one table that says what each may do. */
@NullMarked
package agency.access.domain.role;

import org.jspecify.annotations.NullMarked;
