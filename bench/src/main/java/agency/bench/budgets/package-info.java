/**
 * Budgets under a storm: several processes, caps that are crossed, kills; counted by the upstream.
 */
@NullMarked
package agency.bench.budgets;

import org.jspecify.annotations.NullMarked;
