package agency.app;

import agency.access.api.AccessSettings;
import agency.access.api.JwtSettings;
import agency.gateway.api.GatewaySettings;
import agency.ledger.api.LedgerSettings;
import agency.platform.config.Setting;
import agency.platform.crypto.Secret;
import agency.platform.egress.EgressSettings;
import agency.platform.http.ServerSettings;
import agency.platform.log.transfer.ArchiveSettings;
import agency.platform.postgres.DatabaseSettings;
import agency.platform.telemetry.TelemetrySettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of the program, a section for each part that has some.
 *
 * @param data the folder an installation lives in
 * @param masterKey what seals every stored secret and personal text
 * @param server how HTTP listens and what it bears
 * @param database which PostgreSQL
 * @param egress where Agency may call besides the public internet
 * @param access what a first start calls things, and how long a browser stays signed in
 * @param jwt whose tokens let in besides our own keys
 * @param ledger money, the journal and how long single requests are kept
 * @param archive whether old facts are put away by themselves
 * @param gateway how models are asked
 * @param telemetry logs, metrics and traces
 */
public record AgencySettings(
        @Setting(doc = "The folder this installation lives in.", def = "~/.agency") Path data,
        @Setting(
                        doc =
                                "The master key, 32 bytes as base64 or hexadecimal. Without it, it"
                                        + " lies in $XDG_CONFIG_HOME/agency/master.key (usually"
                                        + " ~/.config) and is made at the first start.")
                @Nullable Secret masterKey,
        ServerSettings server,
        DatabaseSettings database,
        EgressSettings egress,
        AccessSettings access,
        JwtSettings jwt,
        LedgerSettings ledger,
        ArchiveSettings archive,
        GatewaySettings gateway,
        TelemetrySettings telemetry) {
    /** Refuses to put facts away that are still shown. */
    public AgencySettings {
        if (archive.afterDays() > 0 && archive.afterDays() <= ledger.requestDays()) {
            throw new IllegalArgumentException(
                    "archive.after_days must be 0 or more than ledger.request_days, which is "
                            + ledger.requestDays());
        }
    }
}
