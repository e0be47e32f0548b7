/** The line in which requests to local models wait. */
@NullMarked
package agency.gateway.adapter.provider.local.waiting;

import org.jspecify.annotations.NullMarked;
