/** Projections of the log: tables and in-memory views that can be thrown away and rebuilt. */
@NullMarked
package agency.platform.projection;

import org.jspecify.annotations.NullMarked;
