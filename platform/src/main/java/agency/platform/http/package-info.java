/** HTTP as Agency serves it: routes, calls, answers, problems. */
@NullMarked
package agency.platform.http;

import org.jspecify.annotations.NullMarked;
