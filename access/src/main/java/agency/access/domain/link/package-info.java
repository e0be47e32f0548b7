/** A one-time link: signs a browser in once, within an hour. */
@NullMarked
package agency.access.domain.link;

import org.jspecify.annotations.NullMarked;
