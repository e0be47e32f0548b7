/**
 * PostgreSQL: the one that comes along and dies with us, or the operator's own; pools, roles,
 * migrations.
 */
@NullMarked
package agency.platform.postgres;

import org.jspecify.annotations.NullMarked;
