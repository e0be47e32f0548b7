/** The door: routes, exchanges, and errors in OpenAI's shape. */
@NullMarked
package agency.gateway.adapter.http;

import org.jspecify.annotations.NullMarked;
