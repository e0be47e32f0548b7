/** The event log on PostgreSQL: append, read, subscribe, verify. */
@NullMarked
package agency.platform.log;

import org.jspecify.annotations.NullMarked;
