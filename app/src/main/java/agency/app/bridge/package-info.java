/** The context map as a folder: one small class for each arrow between two contexts. */
@NullMarked
package agency.app.bridge;

import org.jspecify.annotations.NullMarked;
