/** The child process that runs one chat model through llama.cpp, and the frames it speaks. */
@NullMarked
package agency.gateway.adapter.provider.local.engine;

import org.jspecify.annotations.NullMarked;
