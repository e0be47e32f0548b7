/** What the gateway's flows need from outside, in our words. */
@NullMarked
package agency.gateway.port;

import org.jspecify.annotations.NullMarked;
