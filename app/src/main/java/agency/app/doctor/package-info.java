/** The doctor: looks at what the program stands on; every finding is good or comes with its fix. */
@NullMarked
package agency.app.doctor;

import org.jspecify.annotations.NullMarked;
