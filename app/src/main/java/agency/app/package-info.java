/** The program: its parts wired together, the bridges between contexts, the command line. */
@NullMarked
package agency.app;

import org.jspecify.annotations.NullMarked;
