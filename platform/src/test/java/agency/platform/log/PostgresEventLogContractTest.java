package agency.platform.log;

import agency.platform.postgres.Database;
import agency.platform.postgres.Schema;
import agency.platform.testing.PostgresFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresEventLogContractTest extends EventLogContract {
    private Database database;
    private PostgresEventLog log;

    @BeforeAll
    void start() {
        database =
                PostgresFixture.fresh(
                        Schema.closed(PostgresEventLog.SCHEMA, PostgresEventLog.MIGRATIONS));
        log = LogKit.started(database.runtime());
    }

    @AfterAll
    void stop() {
        log.close();
        database.close();
    }

    @Override
    protected EventLog log() {
        return log;
    }
}
