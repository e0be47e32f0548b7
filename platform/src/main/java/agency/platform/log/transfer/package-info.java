/** The log as a file: written whole and signed, read into an empty database and proved. */
@NullMarked
package agency.platform.log.transfer;

import org.jspecify.annotations.NullMarked;
