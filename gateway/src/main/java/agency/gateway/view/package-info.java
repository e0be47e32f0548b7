/** What the gateway's facts amount to. */
@NullMarked
package agency.gateway.view;

import org.jspecify.annotations.NullMarked;
