/**
 * The command line: speaks HTTP to a running Agency with a local administrator's profile. Start at
 * AgencyCommand.
 */
@NullMarked
package agency.app.cli;

import org.jspecify.annotations.NullMarked;
