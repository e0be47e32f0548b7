/** The vendors that speak OpenAI's wire format, and what each does differently. */
@NullMarked
package agency.gateway.domain.vendor;

import org.jspecify.annotations.NullMarked;
