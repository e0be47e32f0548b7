/** Money and token amounts as integers. */
@NullMarked
package agency.kernel.money;

import org.jspecify.annotations.NullMarked;
