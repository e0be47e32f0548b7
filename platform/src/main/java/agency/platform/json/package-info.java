/** JSON at the edge: records in and out, strict, bounded, with errors a person can act on. */
@NullMarked
package agency.platform.json;

import org.jspecify.annotations.NullMarked;
