package agency.ledger;

import agency.kernel.fact.FactType;
import agency.kernel.fact.Position;
import agency.kernel.id.IdSource;
import agency.ledger.adapter.http.BudgetRoutes;
import agency.ledger.adapter.http.PriceRoutes;
import agency.ledger.adapter.http.RequestRoutes;
import agency.ledger.adapter.http.UsageRoutes;
import agency.ledger.adapter.journal.JournalFiles;
import agency.ledger.adapter.prices.PriceFile;
import agency.ledger.api.LedgerSettings;
import agency.ledger.domain.budget.BudgetEvent;
import agency.ledger.domain.budget.BudgetFacts;
import agency.ledger.domain.price.PriceFacts;
import agency.ledger.domain.usage.UsageFacts;
import agency.ledger.flow.Budgets;
import agency.ledger.flow.KeepBudgets;
import agency.ledger.flow.Ledger;
import agency.ledger.flow.LedgerPart;
import agency.ledger.flow.SetPrice;
import agency.ledger.port.KeyCaps;
import agency.ledger.port.Scopes;
import agency.ledger.view.budgets.BudgetsInForce;
import agency.ledger.view.prices.PricesInForce;
import agency.ledger.view.requests.RequestQuery;
import agency.ledger.view.requests.Requests;
import agency.ledger.view.usagebybudget.BudgetUsage;
import agency.ledger.view.usagebybudget.UsageByBudget;
import agency.ledger.view.usagebyhour.UsageAsOf;
import agency.ledger.view.usagebyhour.UsageByHour;
import agency.ledger.view.usagebyhour.UsageQuery;
import agency.platform.house.Part;
import agency.platform.http.Route;
import agency.platform.log.Commands;
import agency.platform.log.EventLog;
import agency.platform.log.Moments;
import agency.platform.postgres.Schema;
import agency.platform.projection.Instances;
import agency.platform.projection.MemoryView;
import agency.platform.projection.Projection;
import agency.platform.projection.Projections;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/** The ledger's door: takes what the ledger needs and gives what it offers. */
public final class LedgerContext {
    /** The schema of its projections. */
    public static final Schema SCHEMA = Schema.of("ledger", "db/ledger");

    /**
     * What the ledger needs.
     *
     * @param settings its settings
     * @param journals the folder of the usage journals, on a local disk
     * @param jdbi its own database, for its projections
     * @param log the event log
     * @param commands appends decisions to it
     * @param projections what is made of it
     * @param instances who this process is
     * @param ids new ids
     * @param salts random bits nobody can guess, for the journal's checksums
     * @param clock the time
     * @param scopes whom budgets can be for
     * @param keyCaps the caps of keys that have one of their own
     * @param vendors the vendor a provider stands for, by the provider's name; the name itself when
     *     there is none
     * @param uses the names of the parts the ledger uses: the log, the projections
     */
    public record Needs(
            LedgerSettings settings,
            Path journals,
            Jdbi jdbi,
            EventLog log,
            Commands commands,
            Projections projections,
            Instances instances,
            IdSource ids,
            LongSupplier salts,
            InstantSource clock,
            Scopes scopes,
            KeyCaps keyCaps,
            UnaryOperator<String> vendors,
            List<String> uses) {}

    private final PricesInForce prices;
    private final UsageByHour usageByHour = new UsageByHour();
    private final UsageByBudget usageByBudget = new UsageByBudget();
    private final BudgetsInForce budgetsInForce = new BudgetsInForce();
    private final Budgets budgets;
    private final Requests requests;
    private final Ledger ledger;
    private final LedgerPart part;
    private final List<Route> routes;

    /** How long a question as of a moment waits until the sums have come to it. */
    private static final Duration SUMMED_WITHIN = Duration.ofSeconds(5);

    /** Assembles the ledger; nothing is read or written before its part starts. */
    public LedgerContext(Needs needs) {
        LedgerSettings settings = needs.settings();
        Projections projections = needs.projections();
        prices =
                new PricesInForce(() -> new PriceFile().read(Set.copyOf(settings.freeProviders())));
        requests = new Requests(needs.clock(), settings.requestDays());
        UsageQuery usageQuery =
                new UsageQuery(needs.jdbi(), () -> projections.generation(UsageByHour.NAME));
        RequestQuery requestQuery =
                new RequestQuery(
                        needs.jdbi(), needs.log(), () -> projections.generation(Requests.NAME));
        BudgetUsage budgetUsage =
                new BudgetUsage(needs.jdbi(), () -> projections.generation(UsageByBudget.NAME));
        budgets =
                new Budgets(
                        budgetsInForce,
                        needs.commands(),
                        needs.ids(),
                        () -> needs.instances().databaseMillis(),
                        needs.keyCaps(),
                        budgetUsage::beforeItsCap);
        ledger =
                new Ledger(
                        prices::book,
                        needs.vendors(),
                        budgets,
                        needs.clock(),
                        settings.openAttempts());
        part =
                new LedgerPart(
                        new LedgerPart.Needs(
                                ledger,
                                new JournalFiles(needs.journals(), settings, needs.salts()),
                                needs.log(),
                                projections,
                                needs.instances(),
                                budgets,
                                budgetsInForce,
                                budgetUsage,
                                needs.ids(),
                                () -> needs.jdbi().useTransaction(requests::tidy),
                                needs.uses()));
        SetPrice setPrice = new SetPrice(needs.commands(), projections, needs.clock());
        routes =
                Stream.of(
                                new UsageRoutes(
                                                usageQuery,
                                                new UsageAsOf(
                                                        usageQuery,
                                                        needs.log(),
                                                        point -> summedUp(needs, point)),
                                                needs.clock(),
                                                settings.currency())
                                        .routes(),
                                new RequestRoutes(
                                                requestQuery, needs.clock(), settings.requestDays())
                                        .routes(),
                                new BudgetRoutes(
                                                budgetsInForce,
                                                new KeepBudgets(
                                                        needs.commands(),
                                                        projections,
                                                        needs.instances(),
                                                        needs.ids(),
                                                        needs.clock()),
                                                budgets,
                                                budgetUsage,
                                                needs.scopes())
                                        .routes(),
                                new PriceRoutes(
                                                prices,
                                                setPrice,
                                                needs.clock(),
                                                settings.currency())
                                        .routes())
                        .flatMap(List::stream)
                        .toList();
    }

    private static boolean summedUp(Needs needs, Moments.Point point) {
        for (int lane = 0; lane < point.positions().size(); lane++) {
            long value = point.positions().get(lane);
            Position position = new Position(needs.log().incarnation(), lane, value);
            if (!needs.projections().await(position, List.of(UsageByHour.NAME), SUMMED_WITHIN)) {
                return false;
            }
        }
        return true;
    }

    /** The categories of its streams whose old facts may be put away into archives. */
    public static Set<String> archivable() {
        return Set.of(UsageFacts.JOURNALS);
    }

    /** The categories of its streams that are of administration. */
    public static Set<String> administered() {
        return Set.of(PriceFacts.PRICES, BudgetFacts.BUDGETS);
    }

    /**
     * Whether a fact is an act of administration: what is set aside of budgets by itself is not.
     */
    public static boolean administers(Record fact) {
        return !(fact instanceof BudgetEvent event) || event.changesTerms();
    }

    /** The tables of the ledger without anything to feed them, for a replay. */
    public static List<Projection> tables(LedgerSettings settings, InstantSource clock) {
        return List.of(
                new UsageByHour(),
                new UsageByBudget(),
                new Requests(clock, settings.requestDays()));
    }

    /** The facts the ledger records. */
    public static List<FactType<?>> facts() {
        return Stream.of(List.of(UsageFacts.USAGE_RECORDED, PriceFacts.PRICE_SET), BudgetFacts.ALL)
                .<FactType<?>>flatMap(List::stream)
                .toList();
    }

    /** Its routes. */
    public List<Route> routes() {
        return routes;
    }

    /** Its tables. */
    public List<Projection> projections() {
        return List.of(usageByHour, usageByBudget, requests);
    }

    /** Its views in memory. */
    public List<MemoryView> views() {
        return List.of(prices, budgetsInForce);
    }

    /** Its part of the house. */
    public Part part() {
        return part;
    }

    /** The office that permits attempts, and the caps of keys. */
    public Ledger ledger() {
        return ledger;
    }

    /** Attempts posted to the log since the start, for metrics. */
    public long posted() {
        return part.posted();
    }

    /** Journal records that could not be read, for metrics. */
    public long damaged() {
        return part.damaged();
    }
}
