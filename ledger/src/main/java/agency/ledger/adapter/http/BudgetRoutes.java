package agency.ledger.adapter.http;

import agency.kernel.fact.FactMeta;
import agency.ledger.domain.budget.BudgetRefusal;
import agency.ledger.domain.budget.BudgetTerms;
import agency.ledger.domain.budget.ModelGroup;
import agency.ledger.domain.budget.Period;
import agency.ledger.domain.budget.Scope;
import agency.ledger.domain.budget.Span;
import agency.ledger.domain.budget.Unit;
import agency.ledger.flow.Budgets;
import agency.ledger.flow.KeepBudgets;
import agency.ledger.port.Scopes;
import agency.ledger.view.budgets.BudgetCard;
import agency.ledger.view.budgets.BudgetsInForce;
import agency.ledger.view.usagebybudget.BudgetUsage;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.EntityTag;
import agency.platform.http.Pages;
import agency.platform.http.Pages.Filter;
import agency.platform.http.Pages.Shape;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Budgets: open, list, read, change and close them, with what is spent, set aside and left. */
public final class BudgetRoutes {
    /** Most budgets in force of one scope: every request goes through all of its chain. */
    static final int MOST_OF_A_SCOPE = 20;

    private static final String ALL = "/api/v1/budgets";
    private static final String ONE = ALL + "/{id}";
    private static final Permission READ = Permission.of("budgets.read");
    private static final Permission WRITE = Permission.of("budgets.write");
    private static final String UTC = "UTC";

    private enum State {
        OPEN,
        CLOSED
    }

    private static final Shape<BudgetCard, UUID> SHAPE =
            Shape.of(
                    BudgetCard::id,
                    card -> Optional.of(card.terms().name()),
                    Map.of(
                            "state",
                            Filter.by(
                                    State.class,
                                    card -> card.state().closed() ? State.CLOSED : State.OPEN),
                            "scope_id",
                            Filter.byId(card -> card.terms().scope().id())));

    private final BudgetsInForce view;
    private final KeepBudgets flow;
    private final Budgets budgets;
    private final BudgetUsage usage;
    private final Scopes scopes;

    /** The routes. */
    public BudgetRoutes(
            BudgetsInForce view,
            KeepBudgets flow,
            Budgets budgets,
            BudgetUsage usage,
            Scopes scopes) {
        this.view = view;
        this.flow = flow;
        this.budgets = budgets;
        this.usage = usage;
        this.scopes = scopes;
    }

    /** The list of them. */
    public List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.POST, ALL, "createBudget", WRITE, this::open),
                Route.of(HttpMethod.GET, ALL, "listBudgets", READ, this::list),
                Route.of(HttpMethod.GET, ONE, "readBudget", READ, this::read),
                Route.of(HttpMethod.PATCH, ONE, "changeBudget", WRITE, this::change),
                Route.of(HttpMethod.DELETE, ONE, "closeBudget", WRITE, this::close));
    }

    /** Whose attempts: {@code organization}, {@code project}, {@code user} or {@code key}. */
    record ScopeDocument(String type, @Nullable UUID id) {}

    /** What is to be opened; money as a decimal, or tokens. */
    record NewBudget(
            String name,
            ScopeDocument scope,
            @Nullable String amount,
            @Nullable Long tokens,
            @Nullable String period,
            @Nullable Integer hours,
            @Nullable String timeZone,
            @Nullable List<String> models,
            @Nullable String mode,
            @Nullable List<Integer> alerts) {}

    /** What is to be another; what is absent stays. */
    record Changes(
            @Nullable String name,
            @Nullable String amount,
            @Nullable Long tokens,
            @Nullable String mode,
            @Nullable List<Integer> alerts) {}

    /** Money or tokens. */
    record Quantity(@Nullable String amount, @Nullable Long nanos, @Nullable Long tokens) {
        static Quantity of(Unit unit, long value) {
            return switch (unit) {
                case MONEY -> new Quantity(Money.decimal(value), value, null);
                case TOKENS -> new Quantity(null, null, value);
            };
        }
    }

    /** What is set aside: for requests under way in this process, and for what is to come. */
    record Aside(Quantity byRequests, Quantity byInstances) {}

    /** A budget as the management API shows it. */
    record BudgetDocument(
            UUID id,
            String name,
            ScopeDocument scope,
            String unit,
            Quantity cap,
            String period,
            @Nullable Integer hours,
            String timeZone,
            List<String> models,
            String mode,
            List<Integer> alerts,
            List<Integer> alertsReached,
            String state,
            @Nullable Instant createdAt,
            Quantity spent,
            Aside setAside,
            Quantity left,
            @Nullable Instant renewsAt) {}

    private Answer open(Call call) {
        NewBudget wanted = call.body(NewBudget.class);
        BudgetTerms terms = terms(call.principal().tenant(), wanted);
        if (view.of(terms.scope()).size() >= MOST_OF_A_SCOPE) {
            throw new Problem(
                    409,
                    "too-many-budgets",
                    "Too many budgets",
                    "There are "
                            + MOST_OF_A_SCOPE
                            + " budgets of this scope, which is the most: every request is charged"
                            + " to all of them. Close one first.");
        }
        UUID id = flow.open(call.principal().tenant(), terms, meta(call));
        return Answer.created(ALL + "/" + id, document(card(call, id)));
    }

    private Answer list(Call call) {
        return Pages.page(call, view.of(call.principal().tenant()).stream(), SHAPE, this::document);
    }

    private Answer read(Call call) {
        BudgetCard card = card(call, call.pathId("id"));
        Answer answer = Answer.ok(document(card));
        // Never 304: what is spent changes without it.
        return EntityTag.of(answer, tag(card));
    }

    private Answer change(Call call) {
        BudgetCard card = card(call, call.pathId("id"));
        Changes changes = call.body(Changes.class);
        BudgetTerms before = card.terms();
        long cap = before.cap();
        if (changes.amount() != null || changes.tokens() != null) {
            cap = cap(changes.amount(), changes.tokens());
            if ((changes.tokens() != null) != (before.unit() == Unit.TOKENS)) {
                throw wrong(
                        "amount",
                        "What a budget counts cannot be changed: this one counts "
                                + before.unit().toString().toLowerCase(Locale.ROOT)
                                + ". Open another.");
            }
        }
        long most = cap;
        BudgetTerms after =
                made(() ->
                        new BudgetTerms(
                                changes.name() == null ? before.name() : changes.name().strip(),
                                before.scope(),
                                before.unit(),
                                before.period(),
                                before.models(),
                                most,
                                changes.mode() == null ? before.hard() : hard(changes.mode()),
                                changes.alerts() == null ? before.alerts() : changes.alerts()));
        refuse(
                flow.change(
                        call.principal().tenant(),
                        card.id(),
                        after,
                        expected(call, card),
                        meta(call)));
        return read(call);
    }

    private Answer close(Call call) {
        BudgetCard card = card(call, call.pathId("id"));
        refuse(flow.close(call.principal().tenant(), card.id(), expected(call, card), meta(call)));
        return Answer.nothing();
    }

    private static @Nullable Integer expected(Call call, BudgetCard card) {
        return EntityTag.demanded(call, tag(card)) ? card.version() : null;
    }

    private static String tag(BudgetCard card) {
        return Integer.toString(card.version());
    }

    private static FactMeta meta(Call call) {
        return new FactMeta(call.principal().actor().toString(), call.request(), null);
    }

    private static void refuse(Optional<BudgetRefusal> refused) {
        if (refused.isEmpty()) {
            return;
        }
        throw switch (refused.get()) {
            case BudgetRefusal.Unknown unknown -> noSuchBudget();
            case BudgetRefusal.Changed changed -> EntityTag.changed();
            case BudgetRefusal.Closed closed ->
                    new Problem(
                            409,
                            "budget-closed",
                            "The budget is closed",
                            "A closed budget cannot be changed. Open another.");
            case BudgetRefusal.OtherBounds _,
                    BudgetRefusal.Known _,
                    BudgetRefusal.Exhausted _,
                    BudgetRefusal.Otherwise _ ->
                    new IllegalStateException("terms were refused as only slices are");
        };
    }

    private BudgetCard card(Call call, UUID id) {
        return view.card(id)
                .filter(card -> card.tenant() == call.principal().tenant())
                .filter(card -> card.state().terms() != null)
                .orElseThrow(BudgetRoutes::noSuchBudget);
    }

    private static Problem noSuchBudget() {
        return new Problem(
                404,
                "no-such-budget",
                "No such budget",
                "There is no budget with this id; GET " + ALL + " lists them.");
    }

    private BudgetTerms terms(int tenant, NewBudget wanted) {
        Scope scope = scope(tenant, wanted.scope());
        long cap = cap(wanted.amount(), wanted.tokens());
        Period period = period(wanted);
        return made(() ->
                new BudgetTerms(
                        wanted.name().strip(),
                        scope,
                        wanted.tokens() == null ? Unit.MONEY : Unit.TOKENS,
                        period,
                        new ModelGroup(wanted.models() == null ? List.of() : wanted.models()),
                        cap,
                        wanted.mode() == null || hard(wanted.mode()),
                        wanted.alerts() == null ? List.of() : wanted.alerts()));
    }

    private static Period period(NewBudget wanted) {
        String word = wanted.period() == null ? "forever" : wanted.period();
        Period.Kind kind =
                switch (word) {
                    case "forever" -> Period.Kind.FOREVER;
                    case "day" -> Period.Kind.DAY;
                    case "week" -> Period.Kind.WEEK;
                    case "month" -> Period.Kind.MONTH;
                    case "rolling" -> Period.Kind.ROLLING;
                    default ->
                            throw wrong(
                                    "period",
                                    "A period is forever, day, week, month, or rolling with its"
                                            + " length in hours.");
                };
        int hours = wanted.hours() == null ? 0 : wanted.hours();
        return made(
                () -> new Period(kind, hours, wanted.timeZone() == null ? UTC : wanted.timeZone()));
    }

    private Scope scope(int tenant, ScopeDocument wanted) {
        if (wanted.type().equals("organization")) {
            return Scope.organisation(tenant);
        }
        Scope.Kind kind =
                switch (wanted.type()) {
                    case "project" -> Scope.Kind.PROJECT;
                    case "user" -> Scope.Kind.PERSON;
                    case "key" -> Scope.Kind.KEY;
                    default ->
                            throw wrong(
                                    "scope.type",
                                    "A budget is of an organization, a project, a user or a key.");
                };
        @Nullable UUID id = wanted.id();
        if (id == null || !scopes.has(tenant, new Scope(kind, id))) {
            throw wrong(
                    "scope.id",
                    "There is no " + wanted.type() + " with this id in this organization.");
        }
        return new Scope(kind, id);
    }

    private static long cap(@Nullable String amount, @Nullable Long tokens) {
        if ((amount == null) == (tokens == null)) {
            throw wrong(
                    "amount",
                    "A budget has either an amount of money, a decimal such as \"25.00\", or a"
                            + " number of tokens.");
        }
        return amount == null ? java.util.Objects.requireNonNull(tokens) : nanos(amount);
    }

    private static long nanos(String amount) {
        return made(() -> Money.nanos("amount", amount));
    }

    private static boolean hard(String mode) {
        return switch (mode) {
            case "hard" -> true;
            case "soft" -> false;
            default ->
                    throw wrong(
                            "mode",
                            "A budget is hard, which refuses what does not fit, or soft, which only"
                                    + " tells.");
        };
    }

    private static <T> T made(Supplier<T> one) {
        try {
            return one.get();
        } catch (IllegalArgumentException e) {
            throw new Problem(
                    400,
                    "invalid-value",
                    "A value cannot be used",
                    "Not a budget: " + e.getMessage() + ".");
        }
    }

    private static Problem wrong(String field, String sentence) {
        return new Problem(
                400, "invalid-value", "A value cannot be used", sentence, Map.of("field", field));
    }

    private BudgetDocument document(BudgetCard card) {
        BudgetTerms terms = card.terms();
        Unit unit = terms.unit();
        Period period = terms.period();
        Instant now = budgets.now();
        Span span = period.at(now);
        long spent = usage.spent(card.id(), terms, span, now);
        long taken = terms.hard() ? card.state().taken(period, span, now) : spent;
        Budgets.Aside here =
                terms.hard() ? budgets.aside(card.id(), span.from()) : Budgets.Aside.NOTHING;
        long aside = Math.max(0, taken - spent);
        long byRequests = Math.min(aside, here.held());
        return new BudgetDocument(
                card.id(),
                terms.name(),
                shown(terms.scope()),
                unit.toString().toLowerCase(Locale.ROOT),
                Quantity.of(unit, terms.cap()),
                period.kind().toString().toLowerCase(Locale.ROOT),
                period.kind() == Period.Kind.ROLLING ? Integer.valueOf(period.hours()) : null,
                period.zone(),
                terms.models().names(),
                terms.hard() ? "hard" : "soft",
                terms.alerts(),
                List.copyOf(card.state().told(period, span, now)),
                card.state().closed() ? "closed" : "open",
                card.opened(),
                Quantity.of(unit, spent),
                new Aside(Quantity.of(unit, byRequests), Quantity.of(unit, aside - byRequests)),
                Quantity.of(unit, Math.max(0, terms.cap() - Math.max(taken, spent))),
                span.until() == Span.ENDLESS || period.kind() == Period.Kind.ROLLING
                        ? null
                        : Instant.ofEpochSecond(span.until()));
    }

    private static ScopeDocument shown(Scope scope) {
        return switch (scope.kind()) {
            case ORGANISATION -> new ScopeDocument("organization", null);
            case PROJECT -> new ScopeDocument("project", scope.id());
            case PERSON -> new ScopeDocument("user", scope.id());
            case KEY -> new ScopeDocument("key", scope.id());
        };
    }
}
