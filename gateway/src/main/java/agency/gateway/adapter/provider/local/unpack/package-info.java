/** Puts files out of our jars where native code can reach them. */
@NullMarked
package agency.gateway.adapter.provider.local.unpack;

import org.jspecify.annotations.NullMarked;
