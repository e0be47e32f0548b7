/** Names that people type: which known one did they mean. */
@NullMarked
package agency.kernel.name;

import org.jspecify.annotations.NullMarked;
