/** How many facts hold texts about people. */
@NullMarked
package agency.access.view.personal;

import org.jspecify.annotations.NullMarked;
