/** How facts are written down: compact JSON, personal texts encrypted under keys of their own. */
@NullMarked
package agency.platform.log.codec;

import org.jspecify.annotations.NullMarked;
