package agency.app;

import agency.access.AccessContext;
import agency.app.doctor.DatabaseChecks;
import agency.app.doctor.DoctorRoutes;
import agency.app.openapi.DocumentRoutes;
import agency.app.openapi.OpenApiDocument;
import agency.kernel.fact.FactType;
import agency.kernel.id.IdSource;
import agency.platform.crypto.MasterKey;
import agency.platform.crypto.SecretSource;
import agency.platform.house.House;
import agency.platform.house.Part;
import agency.platform.http.BytesInFlight;
import agency.platform.http.EventLoops;
import agency.platform.http.HttpServerPart;
import agency.platform.http.Route;
import agency.platform.log.LogSettings;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.StreamCommands;
import agency.platform.postgres.DataDirectory;
import agency.platform.postgres.Database;
import agency.platform.postgres.Schema;
import agency.platform.projection.LogInstances;
import agency.platform.projection.LogProjections;
import agency.platform.telemetry.Health;
import agency.platform.telemetry.Telemetry;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * The architecture, top to bottom: every part made with {@code new}, each from those above it that
 * it needs.
 */
final class Wiring {
    /** The program's version, as traces and the API tell it. */
    static final String VERSION = "0.1.0";

    final DataDirectory data;
    final AccessContext access;
    final Opening opening;
    final HttpServerPart http;
    final List<Route> routes;
    final House house;

    Wiring(
            AgencySettings settings,
            MasterKey masterKey,
            SecretSource random,
            IdSource ids,
            InstantSource clock) {
        Telemetry telemetry = new Telemetry(settings.telemetry(), VERSION);

        // The ground: a folder of our own, PostgreSQL, the log, and what is made of it.
        data = new DataDirectory(settings.data());
        boolean alone = settings.database().url() == null;
        Database database =
                new Database(
                        settings.database(),
                        () -> data.folder("postgres"),
                        schemas(),
                        List.of(DataDirectory.NAME));
        PostgresEventLog log =
                new PostgresEventLog(
                        database::runtime,
                        LogSettings.DEFAULT,
                        facts(),
                        () -> masterKey.box("personal-keys", random),
                        ids);
        StreamCommands commands = new StreamCommands(log);
        LogInstances instances = new LogInstances(database::runtime, log, ids, alone);
        LogProjections projections = new LogProjections(log, database::jdbi, instances);

        // The contexts, each by its door.
        access =
                new AccessContext(
                        settings.access(), commands, projections, instances, ids, random, clock);
        access.views().forEach(projections::add);
        opening = new Opening(access, data);

        // The edge: event loops, the way out, the way in.
        EventLoops loops = new EventLoops(settings.server().eventLoops());
        BytesInFlight inFlight = new BytesInFlight(settings.server().maxBytesInFlight().count());
        Health health = new Health(this::standings, telemetry.meters());
        routes =
                Stream.of(
                                access.routes(),
                                health.routes(),
                                new PartRoutes(this::house).routes(),
                                new DoctorRoutes(List.of(new DatabaseChecks(database, clock)))
                                        .routes(),
                                new DocumentRoutes(OpenApiDocument.load()).routes())
                        .flatMap(List::stream)
                        .toList();
        http =
                new HttpServerPart(
                        settings.server(),
                        loops,
                        routes,
                        access.authenticator(),
                        inFlight,
                        telemetry.meters().registry(),
                        List.of(Opening.NAME));

        List<Part> parts =
                List.of(
                        telemetry,
                        data,
                        database,
                        log,
                        instances,
                        projections,
                        opening,
                        loops,
                        http,
                        new LocalProfile(opening, http, data));
        house = new House(parts);
    }

    /** Every schema, migrated in this order. */
    static List<Schema> schemas() {
        return List.of(Schema.closed(PostgresEventLog.SCHEMA, PostgresEventLog.MIGRATIONS));
    }

    /** Every fact that may stand in the log. */
    static List<FactType<?>> facts() {
        return Stream.of(AccessContext.facts()).<FactType<?>>flatMap(List::stream).toList();
    }

    private List<House.Standing> standings() {
        return house.standings();
    }

    private House house() {
        return house;
    }
}
