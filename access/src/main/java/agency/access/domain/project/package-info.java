/** A project: what keys and usage are grouped by. */
@NullMarked
package agency.access.domain.project;

import org.jspecify.annotations.NullMarked;
