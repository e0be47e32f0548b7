/** The projects of all organisations. */
@NullMarked
package agency.access.view.project;

import org.jspecify.annotations.NullMarked;
