/** The audit over HTTP. */
@NullMarked
package agency.platform.audit.http;

import org.jspecify.annotations.NullMarked;
