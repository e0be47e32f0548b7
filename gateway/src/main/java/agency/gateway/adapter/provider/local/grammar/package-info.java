/** Turns JSON schemas into the grammars that make a model answer in their shape. */
@NullMarked
package agency.gateway.adapter.provider.local.grammar;

import org.jspecify.annotations.NullMarked;
