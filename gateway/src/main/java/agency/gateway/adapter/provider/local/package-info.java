/**
 * Local models: chat through llama.cpp in a child process, embeddings through ONNX Runtime in this
 * one.
 */
@NullMarked
package agency.gateway.adapter.provider.local;

import org.jspecify.annotations.NullMarked;
