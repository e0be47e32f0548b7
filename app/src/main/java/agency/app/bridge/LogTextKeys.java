package agency.app.bridge;

import agency.access.port.TextKeys;
import agency.platform.log.PostgresEventLog;
import java.util.UUID;

/** log → access: the keys under which the log keeps texts about people. */
public final class LogTextKeys implements TextKeys {
    private final PostgresEventLog log;

    /** The keys of this log. */
    public LogTextKeys(PostgresEventLog log) {
        this.log = log;
    }

    @Override
    public void destroy(int tenant, UUID person) {
        log.keys().erase(tenant, person);
    }

    @Override
    public void forget() {
        log.keys().forget();
    }
}
