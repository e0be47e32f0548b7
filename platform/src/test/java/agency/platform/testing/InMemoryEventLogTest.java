package agency.platform.testing;

import agency.platform.log.EventLog;
import agency.platform.log.EventLogContract;
import agency.platform.log.LogKit;
import java.time.Clock;

class InMemoryEventLogTest extends EventLogContract {
    private final InMemoryEventLog log =
            new InMemoryEventLog(LogKit.FACTS, LogKit.IDS, Clock.systemUTC());

    @Override
    protected EventLog log() {
        return log;
    }
}
