package agency.ledger.testing;

import agency.kernel.fact.FactType;
import agency.kernel.money.Nanos;
import agency.ledger.LedgerContext;
import agency.ledger.api.LedgerSettings;
import agency.platform.crypto.SealedBox;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands;
import agency.platform.log.LogSettings;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.StreamCommands;
import agency.platform.postgres.Database;
import agency.platform.postgres.Schema;
import agency.platform.projection.LogInstances;
import agency.platform.projection.LogProjections;
import agency.platform.testing.PostgresFixture;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** A ledger on a real log in a real PostgreSQL, as one process of the product has it. */
public final class LedgerNode implements AutoCloseable {
    private final Database database;
    private final PostgresEventLog log;
    private final LogInstances instances;
    private final LogProjections projections;
    private final LedgerContext context;
    private final Map<UUID, Nanos> caps = new ConcurrentHashMap<>();

    /** A node on the database of this URL with its journals in this folder; not started. */
    public LedgerNode(Secret url, Path journals, LedgerSettings settings, InstantSource clock) {
        this(url, journals, settings, clock, true, commands -> commands);
    }

    /**
     * The same, one of several on a database or alone.
     *
     * @param decides what stands before its commands
     */
    public LedgerNode(
            Secret url,
            Path journals,
            LedgerSettings settings,
            InstantSource clock,
            boolean alone,
            UnaryOperator<Commands> decides) {
        database =
                PostgresFixture.open(
                        url,
                        Schema.closed(PostgresEventLog.SCHEMA, PostgresEventLog.MIGRATIONS),
                        LedgerContext.SCHEMA);
        List<FactType<?>> facts = LedgerContext.facts();
        SealedBox box = new SealedBox(new byte[32], SecretSource.system());
        log =
                new PostgresEventLog(
                        database::runtime, LogSettings.DEFAULT, facts, () -> box, LedgerKit.IDS);
        instances = new LogInstances(database::runtime, log, LedgerKit.IDS, alone);
        projections = new LogProjections(log, database::jdbi, instances);
        context =
                new LedgerContext(
                        new LedgerContext.Needs(
                                settings,
                                journals,
                                database.jdbi(),
                                log,
                                decides.apply(new StreamCommands(log)),
                                projections,
                                instances,
                                LedgerKit.IDS,
                                LedgerKit.SALTS,
                                clock,
                                (tenant, scope) -> true,
                                caps::get,
                                name -> name,
                                List.of("log", "projections")));
        context.projections().forEach(projections::add);
        context.views().forEach(projections::add);
        log.start();
        instances.start();
        projections.start();
    }

    /** Recovers, and begins to admit. */
    public LedgerNode start() {
        context.part().start();
        return this;
    }

    /** Waits until every projection shows everything. */
    public void settle() {
        LedgerKit.await(
                "projections",
                () ->
                        projections.await(
                                log.head(0),
                                List.of(
                                        "ledger.usage-by-hour",
                                        "ledger.usage-by-budget",
                                        "ledger.requests"),
                                java.time.Duration.ofSeconds(60)));
    }

    /** Gives a key a cap of its own, before its first attempt. */
    public void cap(UUID key, long nanos) {
        caps.put(key, new Nanos(nanos));
    }

    /** The door. */
    public LedgerContext context() {
        return context;
    }

    /** The log. */
    public PostgresEventLog log() {
        return log;
    }

    /** What is made of the log. */
    public LogProjections projections() {
        return projections;
    }

    /** The database. */
    public Database database() {
        return database;
    }

    @Override
    public void close() {
        context.part().close();
        projections.close();
        instances.close();
        log.close();
        database.close();
    }
}
