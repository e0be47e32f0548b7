package agency.gateway.port;

import agency.kernel.metering.Admission;
import agency.kernel.metering.Intent;
import java.util.function.Consumer;

/** The ledger as the gateway needs it: nothing is tried without its permit. */
@FunctionalInterface
public interface Metering {
    /**
     * Admits an attempt, on record, or says why not. Never blocks.
     *
     * @param answer told once: mostly at once, but on any thread and later when a budget that is
     *     nearly spent has to be asked first
     */
    void admit(Intent intent, Consumer<Admission> answer);
}
