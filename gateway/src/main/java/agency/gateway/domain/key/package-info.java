/** What an API key of ours looks like. */
@NullMarked
package agency.gateway.domain.key;

import org.jspecify.annotations.NullMarked;
