package agency.gateway.port;

import agency.kernel.metering.Admission;
import agency.kernel.metering.Intent;

/** The ledger as the gateway needs it: nothing is tried without its permit. */
@FunctionalInterface
public interface Metering {
    /** Admits an attempt, on record, or says why not. Never blocks. */
    Admission admit(Intent intent);
}
