package agency.platform.log.transfer;

import java.util.List;

/** What a log consists of, in the order in which it is written and read. */
final class Tables {
    private Tables() {}

    /**
     * A table.
     *
     * @param name under which its rows are written
     * @param sql its name in the database
     * @param order how its rows are ordered
     * @param secret whether it holds keys
     */
    record Table(String name, String sql, String order, boolean secret) {}

    static final List<Table> ALL =
            List.of(
                    new Table("installation", "log.installation", "one", false),
                    new Table("lane", "log.lane", "lane", false),
                    new Table("organisation-key", "keys.organisation", "tenant", true),
                    new Table("person-key", "keys.person", "key_id", true),
                    new Table("secret", "keys.secret", "name", true),
                    new Table("type", "log.event_type", "type_id", false),
                    new Table("stream", "log.stream", "stream_id", false),
                    new Table("event", "log.event", "lane, pos", false),
                    new Table("event-id", "log.event_key", "tenant, event_id", false),
                    new Table("seal", "log.seal", "lane, pos", false),
                    new Table("archive", "log.archive", "lane, to_pos", false),
                    new Table("archived-stream", "log.archived_stream", "stream_id", false));

    /** The form that this program writes and reads. */
    static final int FORMAT = 1;
}
