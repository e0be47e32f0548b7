/** Deciding: commands and state in, events or a refusal out. Pure. */
@NullMarked
package agency.kernel.decision;

import org.jspecify.annotations.NullMarked;
