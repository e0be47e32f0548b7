/**
 * How programs on this machine reach the Agency that runs on it: written by Agency, read by the
 * command line.
 */
@NullMarked
package agency.app.profile;

import org.jspecify.annotations.NullMarked;
