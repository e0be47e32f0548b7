/** Providers as they are connected, listed and removed: decisions and their facts. */
@NullMarked
package agency.gateway.domain.provider;

import org.jspecify.annotations.NullMarked;
