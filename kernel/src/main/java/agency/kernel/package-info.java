/**
 * The words every context shares: decisions, facts, money, ids, faults, permits. The JDK and
 * nothing else.
 */
@NullMarked
package agency.kernel;

import org.jspecify.annotations.NullMarked;
