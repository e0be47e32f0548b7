/** What people's passwords are compared with. */
@NullMarked
package agency.access.view.password;

import org.jspecify.annotations.NullMarked;
