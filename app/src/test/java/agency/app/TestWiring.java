package agency.app;

import agency.kernel.fact.FactType;
import agency.kernel.id.Ids;
import agency.platform.config.Configuration;
import agency.platform.config.Sources;
import agency.platform.crypto.MasterKey;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.http.Route;
import agency.platform.log.LogSettings;
import agency.platform.log.PostgresEventLog;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The program put together and not started: constructors do no I/O, so any test can have one. */
public final class TestWiring {
    private TestWiring() {}

    /** Every route of the program. */
    public static List<Route> routes() {
        return assembled().routes;
    }

    /** Every fact that may stand in the log, the log's own among them. */
    static List<FactType<?>> facts() {
        return new PostgresEventLog(
                        () -> {
                            throw new IllegalStateException("not started");
                        },
                        LogSettings.DEFAULT,
                        Wiring.facts(),
                        () -> {
                            throw new IllegalStateException("not started");
                        },
                        () -> new UUID(0, 0))
                .facts();
    }

    static Wiring assembled() {
        return new Wiring(
                Configuration.load(AgencySettings.class, Sources.none()).values(),
                MasterKey.of(Secret.of("00".repeat(32))),
                SecretSource.system(),
                () ->
                        Ids.version7(
                                0,
                                ThreadLocalRandom.current().nextLong(),
                                ThreadLocalRandom.current().nextLong()),
                InstantSource.system());
    }
}
