/**
 * What every context stands on: the event log, projections, http, configuration, telemetry, the
 * House of parts.
 */
@NullMarked
package agency.platform;

import org.jspecify.annotations.NullMarked;
