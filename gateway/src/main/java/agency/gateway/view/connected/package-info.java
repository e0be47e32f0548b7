/** Which providers are connected, and what they offer. */
@NullMarked
package agency.gateway.view.connected;

import org.jspecify.annotations.NullMarked;
