/** What access needs from outside and does not do itself. */
@NullMarked
package agency.access.port;

import org.jspecify.annotations.NullMarked;
