/** Whole copies of an installation with an embedded PostgreSQL, made while it serves. */
@NullMarked
package agency.platform.backup;

import org.jspecify.annotations.NullMarked;
