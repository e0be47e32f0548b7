package agency.gateway;

import agency.gateway.api.GatewaySettings;
import agency.gateway.port.Callers;
import agency.gateway.port.Metering;
import agency.gateway.port.ModelProvider;
import agency.gateway.port.ModelStore;
import agency.kernel.fact.Position;
import agency.kernel.id.IdSource;
import agency.platform.crypto.SealedBox;
import agency.platform.egress.Egress;
import agency.platform.http.EventLoops;
import agency.platform.log.Commands;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the gateway stands on; the program supplies it.
 *
 * @param settings the section {@code gateway}
 * @param loops the event loops of the server
 * @param callers who bears a key
 * @param metering the ledger
 * @param egress the way out
 * @param allowHere lets an address of this machine be called, after its operator said yes to it
 * @param box seals the keys of providers
 * @param commands appends facts
 * @param shown waits until the views of this process show what was recorded up to a position
 * @param ids makes ids
 * @param registry where meters are kept
 * @param local the engine on this machine, provider {@code local}
 * @param store the models on this machine
 * @param environment the variables in which keys of providers may lie
 */
public record GatewayPorts(
        GatewaySettings settings,
        EventLoops loops,
        Callers callers,
        Metering metering,
        Egress egress,
        Consumer<URI> allowHere,
        SealedBox box,
        Commands commands,
        Consumer<Position> shown,
        IdSource ids,
        MeterRegistry registry,
        ModelProvider local,
        ModelStore store,
        Map<String, String> environment) {}
