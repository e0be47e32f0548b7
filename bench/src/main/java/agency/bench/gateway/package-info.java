/**
 * The gateway measured in one run beside its peers: nothing at all (direct), nginx, Portkey. Start
 * reading at {@link agency.bench.gateway.GatewayBench}.
 */
@NullMarked
package agency.bench.gateway;

import org.jspecify.annotations.NullMarked;
