/**
 * OpenAI's wire format as bytes: one scan that finds what the gateway touches, and keeps the rest.
 */
@NullMarked
package agency.gateway.domain.wire;

import org.jspecify.annotations.NullMarked;
