/** The log over HTTP: facts as they stand, live, and the proof that they are whole. */
@NullMarked
package agency.platform.log.http;

import org.jspecify.annotations.NullMarked;
