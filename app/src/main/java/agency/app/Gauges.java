package agency.app;

import agency.ledger.LedgerContext;
import agency.platform.postgres.Database;
import agency.platform.postgres.EmbeddedPostgres;
import agency.platform.projection.LogProjections;
import agency.platform.projection.Projections;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What operators watch of the whole, as metrics and as a reason not to be ready. */
final class Gauges {
    private Gauges() {}

    /** Registers them; they are read when somebody scrapes. */
    static void of(
            LedgerContext ledger,
            LogProjections projections,
            Database database,
            MeterRegistry registry) {
        Gauge.builder("agency.ledger.attempts.open", () -> ledger.ledger().openAttempts())
                .description("Attempts under way")
                .register(registry);
        FunctionCounter.builder("agency.ledger.attempts.posted", ledger, LedgerContext::posted)
                .description("Attempts posted to the log since the start")
                .register(registry);
        FunctionCounter.builder("agency.ledger.journal.damaged", ledger, LedgerContext::damaged)
                .description("Journal records that could not be read")
                .register(registry);
        FunctionCounter.builder(
                        "agency.ledger.attempts.beyond.bound",
                        ledger,
                        l -> l.ledger().beyondBound())
                .description("Attempts whose reported usage was beyond what could be billed")
                .register(registry);
        Gauge.builder("agency.projections.lag", projections, Gauges::lag)
                .description("Facts of the log that the slowest projection has not applied")
                .register(registry);
        projections
                .names()
                .forEach(name -> {
                    Gauge.builder(
                                    "agency.projection.lag",
                                    projections,
                                    p -> one(p, name, Projections.Standing::lag))
                            .description("Facts of the log that this projection has not applied")
                            .tag("projection", name)
                            .register(registry);
                    FunctionCounter.builder(
                                    "agency.projection.applied",
                                    projections,
                                    p -> one(p, name, Projections.Standing::applied))
                            .description("Facts that this process has applied to the projection")
                            .tag("projection", name)
                            .register(registry);
                    Gauge.builder(
                                    "agency.projection.rate",
                                    projections,
                                    p -> one(p, name, Projections.Standing::rate))
                            .description(
                                    "Facts a second that this process has applied to the"
                                            + " projection, over the last ten seconds")
                            .tag("projection", name)
                            .register(registry);
                });
        FunctionCounter.builder(
                        "agency.postgres.restarts",
                        database,
                        d -> d.embedded().map(EmbeddedPostgres::restarts).orElse(0))
                .description(
                        "How often the embedded PostgreSQL was started again after it ended by"
                                + " itself")
                .register(registry);
    }

    /** Why the database is not well; empty when it is. Reads memory only. */
    static Optional<String> databaseProblem(Database database) {
        return database.embedded()
                .map(EmbeddedPostgres::state)
                .filter(state -> state != EmbeddedPostgres.State.READY)
                .map(state ->
                        "The embedded PostgreSQL is "
                                + state.name().toLowerCase(java.util.Locale.ROOT)
                                + ".");
    }

    private static double one(
            LogProjections projections,
            String name,
            ToDoubleFunction<Projections.Standing> measure) {
        return projections.standings().stream()
                .filter(standing -> standing.name().equals(name))
                .mapToDouble(measure)
                .sum();
    }

    private static double lag(LogProjections projections) {
        return projections.standings().stream()
                .mapToLong(Projections.Standing::lag)
                .max()
                .orElse(0);
    }
}
