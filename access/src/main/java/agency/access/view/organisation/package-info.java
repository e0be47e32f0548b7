/** What the organisation, its projects and its people are called. */
@NullMarked
package agency.access.view.organisation;

import org.jspecify.annotations.NullMarked;
