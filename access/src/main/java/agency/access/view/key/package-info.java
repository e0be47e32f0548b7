/** Who bears a key: asked on the request path, and listed for administrators. */
@NullMarked
package agency.access.view.key;

import org.jspecify.annotations.NullMarked;
