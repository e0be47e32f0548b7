/** The whole product, measured as whole processes against peers in the same run. */
@NullMarked
package agency.bench;

import org.jspecify.annotations.NullMarked;
