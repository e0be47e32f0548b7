/**
 * Reading requests and writing answers in OpenAI's wire format, as chat and embeddings share it.
 */
@NullMarked
package agency.gateway.adapter.provider.local.wire;

import org.jspecify.annotations.NullMarked;
