/** Who belongs to an organisation, and as what. */
@NullMarked
package agency.access.domain.membership;

import org.jspecify.annotations.NullMarked;
