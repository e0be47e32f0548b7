package agency.gateway.port;

import agency.kernel.metering.Intent;
import agency.kernel.metering.Outcome;

/** Who counts what the gateway did, without names of keys or people. Called on event loops. */
public interface Meters {
    /**
     * An attempt has been settled.
     *
     * @param capped whether the provider told more than can have been, and it was cut to the bound
     */
    void settled(Intent intent, Outcome outcome, boolean capped);

    /** A request was refused with this status and code before any attempt. */
    void refused(String route, int status, String code);
}
