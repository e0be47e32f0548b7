/** Embeddings computed in this process through ONNX Runtime. */
@NullMarked
package agency.gateway.adapter.provider.local.embed;

import org.jspecify.annotations.NullMarked;
