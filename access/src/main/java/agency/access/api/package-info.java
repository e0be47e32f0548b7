/** What others may hold of access: the key directory, its answers, the settings. */
@NullMarked
package agency.access.api;

import org.jspecify.annotations.NullMarked;
