/** Identifiers that are made at the edge and carried inwards. */
@NullMarked
package agency.kernel.id;

import org.jspecify.annotations.NullMarked;
