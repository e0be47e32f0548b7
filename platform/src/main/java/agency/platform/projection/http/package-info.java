/** The routes of the projections, for operators. */
@NullMarked
package agency.platform.projection.http;

import org.jspecify.annotations.NullMarked;
