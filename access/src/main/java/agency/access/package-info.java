/** Who may come in: organisations, projects, people and their API keys. */
@NullMarked
package agency.access;

import org.jspecify.annotations.NullMarked;
