/** The House: named parts, started in order and closed in reverse. */
@NullMarked
package agency.platform.house;

import org.jspecify.annotations.NullMarked;
