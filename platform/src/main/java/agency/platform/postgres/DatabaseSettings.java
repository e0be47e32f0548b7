package agency.platform.postgres;

import agency.platform.config.Setting;
import agency.platform.crypto.Secret;
import org.jspecify.annotations.Nullable;

/**
 * Which PostgreSQL.
 *
 * @param url a server of one's own; none: the embedded one
 * @param ownerUrl the same database as the role that owns the schemas and migrates them
 * @param connections connections of the runtime pool
 */
public record DatabaseSettings(
        @Setting(
                        doc =
                                "A PostgreSQL 15 or newer of your own, as"
                                    + " postgresql://user:password@host:5432/database. Without it"
                                    + " Agency runs the one it brings along.")
                @Nullable Secret url,
        @Setting(
                        doc =
                                "The same database as the role that owns the schemas and migrates"
                                        + " them. Without it database.url is used for both; with it"
                                        + " that role needs no right to change schemas.")
                @Nullable Secret ownerUrl,
        @Setting(doc = "Connections to PostgreSQL, 4 to 200.", def = "12") int connections) {
    /** Refuses a pool that is too small to serve or larger than most servers allow. */
    public DatabaseSettings {
        if (connections < 4 || connections > 200) {
            throw new IllegalArgumentException("connections must be 4 to 200, not " + connections);
        }
        if (url == null && ownerUrl != null) {
            throw new IllegalArgumentException("owner_url needs url beside it");
        }
    }

    /** The embedded server. */
    public static DatabaseSettings embedded() {
        return new DatabaseSettings(null, null, 12);
    }
}
