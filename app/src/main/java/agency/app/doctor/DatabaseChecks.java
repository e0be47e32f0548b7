package agency.app.doctor;

import agency.platform.postgres.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** What the running Agency sees of its database. */
public final class DatabaseChecks implements Supplier<List<Finding>> {
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

    private record Seen(
            String version, String fsync, String pages, String commit, long millis, long bytes) {}

    private final Database database;
    private final InstantSource clock;

    /** Looks at this database, and compares this clock with its. */
    public DatabaseChecks(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public List<Finding> get() {
        Seen seen =
                database.jdbi()
                        .withHandle(sql ->
                                sql.createQuery(
                                                "SELECT current_setting('server_version'),"
                                                    + " current_setting('fsync'),"
                                                    + " current_setting('full_page_writes'),"
                                                    + " current_setting('synchronous_commit'),"
                                                    + " (extract(epoch FROM clock_timestamp()) *"
                                                    + " 1000)::bigint,"
                                                    + " pg_database_size(current_database())")
                                        .map((row, context) ->
                                                new Seen(
                                                        row.getString(1),
                                                        row.getString(2),
                                                        row.getString(3),
                                                        row.getString(4),
                                                        row.getLong(5),
                                                        row.getLong(6)))
                                        .one());
        Duration apart = Duration.ofMillis(seen.millis() - clock.millis()).abs();
        String durability =
                "fsync "
                        + seen.fsync()
                        + ", full_page_writes "
                        + seen.pages()
                        + ", synchronous_commit "
                        + seen.commit();
        return List.of(
                Finding.good(
                        "database",
                        "PostgreSQL "
                                + seen.version()
                                + " at "
                                + database.where()
                                + ", "
                                + seen.bytes() / 1_000_000
                                + " MB"),
                durability.contains("off")
                        ? Finding.bad(
                                "durability",
                                durability,
                                "Turn them on: ALTER SYSTEM SET … = on; SELECT pg_reload_conf();")
                        : Finding.good("durability", durability),
                clocks(apart, clock.instant()));
    }

    static Finding clocks(Duration apart, Instant now) {
        return apart.compareTo(CLOCK_TOLERANCE) > 0
                ? Finding.warning(
                        "clocks",
                        "this machine and the database differ by " + apart.toSeconds() + " s",
                        "Let both follow network time (timedatectl set-ntp true).")
                : Finding.good("clocks", "the database's and this machine's agree at " + now);
    }
}
