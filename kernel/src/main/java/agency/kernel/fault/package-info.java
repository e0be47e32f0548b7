/** A broken world or a bug, as opposed to an expected no. */
@NullMarked
package agency.kernel.fault;

import org.jspecify.annotations.NullMarked;
