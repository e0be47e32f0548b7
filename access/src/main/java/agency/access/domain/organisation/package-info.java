/** An organisation: a tenant, and what its founding decided. */
@NullMarked
package agency.access.domain.organisation;

import org.jspecify.annotations.NullMarked;
