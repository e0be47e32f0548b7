/** Addresses of networks. */
@NullMarked
package agency.kernel.network;

import org.jspecify.annotations.NullMarked;
