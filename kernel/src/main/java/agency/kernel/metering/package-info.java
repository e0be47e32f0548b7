/** What one attempt at a model costs: the permit to make it, what it used, how it ended. */
@NullMarked
package agency.kernel.metering;

import org.jspecify.annotations.NullMarked;
