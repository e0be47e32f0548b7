/** From a model's name to who is to be asked, and the most that can cost. */
@NullMarked
package agency.gateway.domain.routing;

import org.jspecify.annotations.NullMarked;
