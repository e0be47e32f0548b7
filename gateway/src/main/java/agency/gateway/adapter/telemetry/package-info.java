/** What the gateway counts, for Prometheus and OpenTelemetry. */
@NullMarked
package agency.gateway.adapter.telemetry;

import org.jspecify.annotations.NullMarked;
