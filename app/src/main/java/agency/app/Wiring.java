package agency.app;

import agency.access.AccessContext;
import agency.app.bridge.BudgetsAreOfAccess;
import agency.app.bridge.KeysAreCallers;
import agency.app.bridge.LogTextKeys;
import agency.app.doctor.DatabaseChecks;
import agency.app.doctor.DoctorRoutes;
import agency.app.openapi.DocumentRoutes;
import agency.app.openapi.OpenApiDocument;
import agency.gateway.GatewayContext;
import agency.gateway.GatewayPorts;
import agency.gateway.adapter.provider.local.LocalProvider;
import agency.gateway.adapter.provider.local.LocalSettings;
import agency.gateway.adapter.provider.local.LocalStore;
import agency.gateway.adapter.provider.local.store.EgressDownloads;
import agency.kernel.fact.FactType;
import agency.kernel.id.IdSource;
import agency.ledger.LedgerContext;
import agency.platform.audit.AuditQuery;
import agency.platform.audit.AuditTrail;
import agency.platform.audit.RefusalLog;
import agency.platform.audit.RefusalsCounted;
import agency.platform.audit.http.AuditRoutes;
import agency.platform.crypto.MasterKey;
import agency.platform.crypto.SecretSource;
import agency.platform.egress.CheckedEgress;
import agency.platform.egress.Fetching;
import agency.platform.house.House;
import agency.platform.house.Part;
import agency.platform.http.BytesInFlight;
import agency.platform.http.EventLoops;
import agency.platform.http.HttpServerPart;
import agency.platform.http.Route;
import agency.platform.idempotency.PostgresOnce;
import agency.platform.log.LogSettings;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.SqlSnapshots;
import agency.platform.log.StreamCommands;
import agency.platform.log.http.EventRoutes;
import agency.platform.log.transfer.ArchivePart;
import agency.platform.log.transfer.LogArchive;
import agency.platform.log.verify.CheckpointWriter;
import agency.platform.log.verify.Checkpoints;
import agency.platform.log.verify.LogVerifier;
import agency.platform.postgres.DataDirectory;
import agency.platform.postgres.Database;
import agency.platform.postgres.Schema;
import agency.platform.projection.LogInstances;
import agency.platform.projection.LogProjections;
import agency.platform.projection.http.ProjectionRoutes;
import agency.platform.telemetry.Health;
import agency.platform.telemetry.Telemetry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The architecture, top to bottom: every part made with {@code new}, each from those above it that
 * it needs.
 */
final class Wiring {
    /** The program's version, as traces and the API tell it. */
    static final String VERSION = "0.1.0";

    private static final Duration SHOWN_WITHIN = Duration.ofSeconds(10);

    final DataDirectory data;
    final AccessContext access;
    final Opening opening;
    final GatewayContext gateway;
    final Fetching fetching;
    final LocalStore localModels;
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
        StreamCommands commands =
                new StreamCommands(
                        log,
                        new SqlSnapshots(
                                database::runtime,
                                () -> masterKey.box("snapshots", random),
                                log.facts(),
                                log::incarnation));
        LogInstances instances = new LogInstances(database::runtime, log, ids, alone);
        Checkpoints checkpoints = new Checkpoints(data.root().resolve("checkpoints"));
        CheckpointWriter checkpointWriter = new CheckpointWriter(database::runtime, checkpoints);
        ArchivePart archive =
                new ArchivePart(
                        new LogArchive(
                                () -> database.owner().getConnection(),
                                checkpoints,
                                LedgerContext.archivable()),
                        settings.archive().afterDays(),
                        () -> archives(settings),
                        clock);
        LogProjections projections = new LogProjections(log, database::jdbi, instances);

        // The contexts, each by its door.
        access =
                new AccessContext(
                        settings.access(),
                        settings.jwt(),
                        address -> IssuerDocuments.fetch(fetching(), address),
                        new LogTextKeys(log),
                        log,
                        commands,
                        projections,
                        instances,
                        ids,
                        random,
                        clock);
        access.views().forEach(projections::add);
        opening = new Opening(access, data);
        LedgerContext ledger =
                new LedgerContext(
                        new LedgerContext.Needs(
                                settings.ledger(),
                                data.root().resolve("journal"),
                                database.jdbi(),
                                log,
                                commands,
                                projections,
                                instances,
                                ids,
                                new SecureRandom()::nextLong,
                                clock,
                                new BudgetsAreOfAccess(access),
                                access::keyCap,
                                provider -> gateway().vendorOf(provider),
                                List.of(projections.name(), DataDirectory.NAME)));
        ledger.projections().forEach(projections::add);
        ledger.views().forEach(projections::add);

        RefusalLog refusals = new RefusalLog(log, ids, clock, List.of(log.name(), Opening.NAME));
        projections.add(
                new AuditTrail(audited(), LedgerContext::administers, AccessContext::acting));
        AuditQuery audit =
                new AuditQuery(database.jdbi(), () -> projections.generation(AuditTrail.NAME));

        EventLoops loops = new EventLoops(settings.server().eventLoops());
        CheckedEgress egress = new CheckedEgress(loops.vertx(), settings.egress());
        fetching = new Fetching(loops.vertx(), egress);
        LocalProvider local =
                new LocalProvider(
                        LocalSettings.under(data.root()),
                        new EgressDownloads(fetching),
                        Clock.systemUTC());
        localModels = new LocalStore(local);
        gateway =
                new GatewayContext(
                        new GatewayPorts(
                                settings.gateway(),
                                loops,
                                new KeysAreCallers(access.keys(), clock),
                                ledger.ledger()::admit,
                                egress,
                                egress::allow,
                                masterKey.box("provider-keys", random),
                                commands,
                                position -> projections.await(position, List.of(), SHOWN_WITHIN),
                                ids,
                                telemetry.meters().registry(),
                                local,
                                localModels,
                                System.getenv()),
                        telemetry.traces());
        gateway.views().forEach(projections::add);
        access.keys()
                .onRevoked(key ->
                        Thread.ofVirtual()
                                .name("end-streams")
                                .start(() -> gateway.endStreamsOf(key)));

        // The edge: the way in.
        BytesInFlight inFlight = new BytesInFlight(settings.server().maxBytesInFlight().count());
        Health health = new Health(this::standings, telemetry.meters());
        health.check("database", () -> Gauges.databaseProblem(database));
        Gauges.of(ledger, projections, database, telemetry.meters().registry());
        routes =
                Stream.of(
                                gateway.routes(),
                                access.routes(),
                                ledger.routes(),
                                new EventRoutes(
                                                log,
                                                new LogVerifier(database::runtime, checkpoints))
                                        .routes(),
                                new ProjectionRoutes(projections).routes(),
                                new AuditRoutes(audit, access::personName).routes(),
                                health.routes(),
                                new PartRoutes(this::house).routes(),
                                new DoctorRoutes(List.of(new DatabaseChecks(database, clock)))
                                        .routes(),
                                new DocumentRoutes(OpenApiDocument::load).routes())
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
                        refusals,
                        new PostgresOnce(
                                database.jdbi(), () -> masterKey.box("idempotency", random)),
                        List.of(Opening.NAME, GatewayContext.NAME, ledger.part().name()));

        List<Part> parts =
                List.of(
                        telemetry,
                        data,
                        new FreePort(http),
                        database,
                        log,
                        instances,
                        projections,
                        checkpointWriter,
                        archive,
                        opening,
                        ledger.part(),
                        refusals,
                        loops,
                        new LocalModels(local, localModels, fetching),
                        gateway,
                        http,
                        new LocalProfile(opening, http, data));
        house = new House(parts);
    }

    /** Where archives lie unless another folder is named. */
    static Path archives(AgencySettings settings) {
        Path named = settings.archive().folder();
        return named == null ? settings.data().resolve("archives") : named;
    }

    /** Every schema, migrated in this order. */
    static List<Schema> schemas() {
        return List.of(
                Schema.closed(PostgresEventLog.SCHEMA, PostgresEventLog.MIGRATIONS),
                LedgerContext.SCHEMA,
                Schema.of("audit", "db/audit"),
                Schema.of(PostgresOnce.SCHEMA, "db/idempotency"));
    }

    /** Every fact that may stand in the log. */
    static List<FactType<?>> facts() {
        return Stream.of(
                        AccessContext.facts(),
                        LedgerContext.facts(),
                        GatewayContext.facts(),
                        List.of(RefusalsCounted.TYPE))
                .<FactType<?>>flatMap(List::stream)
                .toList();
    }

    /** The categories of all streams that are of administration. */
    static Set<String> audited() {
        return Stream.of(
                        AccessContext.administered(),
                        GatewayContext.administered(),
                        LedgerContext.administered())
                .flatMap(Set::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Fetching fetching() {
        return fetching;
    }

    private GatewayContext gateway() {
        return gateway;
    }

    private List<House.Standing> standings() {
        return house.standings();
    }

    private House house() {
        return house;
    }
}
