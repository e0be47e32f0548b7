/** Reads the header of a GGUF model file: what it is, without loading it. */
@NullMarked
package agency.gateway.adapter.provider.local.gguf;

import org.jspecify.annotations.NullMarked;
