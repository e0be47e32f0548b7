/**
 * What a fact is before anyone stores it: its stream, its type, its circumstances, its personal
 * fields.
 */
@NullMarked
package agency.kernel.fact;

import org.jspecify.annotations.NullMarked;
