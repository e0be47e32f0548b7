/** The started product, called by official clients. */
@NullMarked
package agency.e2e;

import org.jspecify.annotations.NullMarked;
