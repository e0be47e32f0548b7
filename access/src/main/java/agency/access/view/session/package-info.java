/** Who holds a session, and which one-time links wait to be used. */
@NullMarked
package agency.access.view.session;

import org.jspecify.annotations.NullMarked;
