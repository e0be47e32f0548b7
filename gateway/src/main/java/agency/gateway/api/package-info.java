/** What others may hold of the gateway. */
@NullMarked
package agency.gateway.api;

import org.jspecify.annotations.NullMarked;
