/** What can be seen of the running program: logs, metrics, traces, health. */
@NullMarked
package agency.platform.telemetry;

import org.jspecify.annotations.NullMarked;
