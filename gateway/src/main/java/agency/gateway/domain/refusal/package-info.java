/** Every expected no of the door, as values; the wire form is made by the http adapter. */
@NullMarked
package agency.gateway.domain.refusal;

import org.jspecify.annotations.NullMarked;
