/** The OpenAI-compatible door to models and the providers behind it. */
@NullMarked
package agency.gateway;

import org.jspecify.annotations.NullMarked;
