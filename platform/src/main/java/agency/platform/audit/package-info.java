/**
 * Who did what to what, and who was refused: a table made of the facts of administration, and of
 * refusals, which become facts here.
 */
@NullMarked
package agency.platform.audit;

import org.jspecify.annotations.NullMarked;
