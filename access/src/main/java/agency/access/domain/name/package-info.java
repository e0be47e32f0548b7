/** What people may call things. */
@NullMarked
package agency.access.domain.name;

import org.jspecify.annotations.NullMarked;
