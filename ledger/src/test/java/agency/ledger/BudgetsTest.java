package agency.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Position;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Caller;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Permit;
import agency.ledger.api.LedgerSettings;
import agency.ledger.domain.budget.BudgetCommand.CloseSlice;
import agency.ledger.domain.budget.BudgetCommand.TakeSlice;
import agency.ledger.domain.budget.BudgetEvent.SliceTaken;
import agency.ledger.flow.Ledger;
import agency.ledger.flow.OpenForTests;
import agency.ledger.testing.AskedCall;
import agency.ledger.testing.HookedCommands;
import agency.ledger.testing.LedgerKit;
import agency.ledger.testing.LedgerNode;
import agency.platform.http.Handler;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import agency.platform.json.Json;
import agency.platform.log.Append;
import agency.platform.log.Commands;
import agency.platform.testing.PostgresFixture;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Budgets on a real log: opened by their routes, spent by one process and by several. */
class BudgetsTest {
    private static final UUID PERSON = new UUID(6, 6);

    /** 1000 tokens in at 2.5 and 500 out at 10 per million, in nano-units. */
    private static final long BOUND = 7_500_000;

    @TempDir Path root;

    private static Intent intent(UUID key) {
        return new Intent(
                LedgerKit.IDS.next(),
                1,
                new Caller(0, LedgerKit.PROJECT, PERSON, key),
                Operation.CHAT,
                "openai",
                "gpt-4o",
                1_000,
                500);
    }

    private static Permit admitted(Ledger ledger, UUID key) {
        Admission admission = OpenForTests.admit(ledger, intent(key));
        assertThat(admission).isInstanceOf(Admission.Admitted.class);
        return ((Admission.Admitted) admission).permit();
    }

    private static JsonNode ask(LedgerNode node, String operation, String id, String body)
            throws Exception {
        Route route =
                node.context().routes().stream()
                        .filter(one -> one.operation().equals(operation))
                        .findFirst()
                        .orElseThrow();
        Object answer =
                ((Handler.Blocking) route.handler())
                        .handle(new AskedCall(Map.of("id", id), Map.of(), body))
                        .body();
        return answer == null
                ? Json.mapper().nullNode()
                : Json.mapper().readTree(Json.write(answer));
    }

    private static void refused(LedgerNode node, String says, String body) {
        assertThatThrownBy(() -> ask(node, "createBudget", "", body))
                .isInstanceOf(Problem.class)
                .hasMessageContaining(says);
    }

    private static long nanos(JsonNode budget, String field) {
        return budget.path(field).path("nanos").asLong(-1);
    }

    private static String alertsReached(LedgerNode node, String id) {
        try {
            return ask(node, "readBudget", id, "").path("alerts_reached").toString();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private LedgerNode node(String folder) {
        return new LedgerNode(
                        PostgresFixture.freshUrl(),
                        root.resolve(folder),
                        LedgerSettings.DEFAULT,
                        InstantSource.system())
                .start();
    }

    @Test
    void holdsToABudgetThatIsOpenedChangedAndClosed() throws Exception {
        try (LedgerNode node = node("one")) {
            Ledger ledger = node.context().ledger();
            JsonNode budget =
                    ask(
                            node,
                            "createBudget",
                            "",
                            """
                            {"name": "two", "scope": {"type": "key", "id": "%s"},
                             "amount": "0.015", "alerts": [50]}\
                            """
                                    .formatted(LedgerKit.KEY));
            String id = budget.path("id").asString();
            assertThat(nanos(budget, "cap")).isEqualTo(2 * BOUND);
            assertThat(nanos(budget, "left")).isEqualTo(2 * BOUND);
            assertThat(budget.path("mode").asString()).isEqualTo("hard");
            Permit first = admitted(ledger, LedgerKit.KEY);
            Permit second = admitted(ledger, LedgerKit.KEY);
            assertThat(OpenForTests.admit(ledger, intent(LedgerKit.KEY)))
                    .isEqualTo(
                            new Admission.Exhausted(
                                    "the budget 'two'", false, 2 * BOUND, 0, BOUND, 0));
            admitted(ledger, new UUID(9, 9)).settle(LedgerKit.used(1, 1));
            first.settle(LedgerKit.used(1_000, 100));
            second.settle(LedgerKit.used(1_000, 500));
            LedgerKit.await("posted", () -> node.context().posted() == 3);
            node.settle();
            JsonNode after = ask(node, "readBudget", id, "");
            assertThat(nanos(after, "spent")).isEqualTo(3_500_000 + BOUND);
            assertThat(
                            nanos(after, "spent")
                                    + nanos(after.path("set_aside"), "by_requests")
                                    + nanos(after.path("set_aside"), "by_instances")
                                    + nanos(after, "left"))
                    .isEqualTo(2 * BOUND);
            LedgerKit.await(
                    "people are told that half of it is spent",
                    () -> alertsReached(node, id).equals("[50]"));
            assertThat(OpenForTests.admit(ledger, intent(LedgerKit.KEY)))
                    .isInstanceOf(Admission.Exhausted.class);
            ask(node, "changeBudget", id, "{\"amount\": \"0.03\", \"name\": \"four\"}");
            admitted(ledger, LedgerKit.KEY).settle(LedgerKit.used(0, 0));
            ask(node, "changeBudget", id, "{\"amount\": \"0\", \"mode\": \"soft\"}");
            admitted(ledger, LedgerKit.KEY).settle(LedgerKit.used(0, 0));
            ask(node, "changeBudget", id, "{\"mode\": \"hard\", \"alerts\": [1, 2]}");
            LedgerKit.await(
                    "what was set aside is given back",
                    () ->
                            OpenForTests.admit(ledger, intent(LedgerKit.KEY))
                                    instanceof Admission.Exhausted);
            ask(node, "closeBudget", id, "");
            admitted(ledger, LedgerKit.KEY).settle(LedgerKit.used(0, 0));
            assertThat(ask(node, "readBudget", id, "").path("state").asString())
                    .isEqualTo("closed");
            assertThatThrownBy(() -> ask(node, "changeBudget", id, "{\"name\": \"x\"}"))
                    .hasMessageContaining("cannot be changed");
            assertThat(ask(node, "listBudgets", "", "").path("items").size()).isEqualTo(1);
        }
    }

    @Test
    void chargesEveryBudgetThatAnAttemptFallsUnder() throws Exception {
        try (LedgerNode node = node("chain")) {
            Ledger ledger = node.context().ledger();
            List<String> ids = new ArrayList<>();
            for (String scope :
                    List.of(
                            "\"type\": \"organization\"",
                            "\"type\": \"project\", \"id\": \"" + LedgerKit.PROJECT + "\"",
                            "\"type\": \"user\", \"id\": \"" + PERSON + "\"",
                            "\"type\": \"key\", \"id\": \"" + LedgerKit.KEY + "\"")) {
                ids.add(
                        ask(
                                        node,
                                        "createBudget",
                                        "",
                                        "{\"name\": \"b\", \"scope\": {%s}, \"tokens\": 1000000, \"period\": \"rolling\", \"hours\": 24}"
                                                .formatted(scope))
                                .path("id")
                                .asString());
            }
            String elsewhere =
                    ask(
                                    node,
                                    "createBudget",
                                    "",
                                    """
                                    {"name": "others", "scope": {"type": "organization"},
                                     "tokens": 0, "models": ["anthropic/*"], "period": "day"}\
                                    """)
                            .path("id")
                            .asString();
            admitted(ledger, LedgerKit.KEY).settle(LedgerKit.used(1_000, 100));
            LedgerKit.await("posted", () -> node.context().posted() == 1);
            node.settle();
            for (String id : ids) {
                JsonNode budget = ask(node, "readBudget", id, "");
                assertThat(budget.path("spent").path("tokens").asLong()).isEqualTo(1_100);
                assertThat(budget.has("renews_at")).isFalse();
            }
            JsonNode other = ask(node, "readBudget", elsewhere, "");
            assertThat(other.path("spent").path("tokens").asLong()).isZero();
            assertThat(other.has("renews_at")).isTrue();
        }
    }

    @Test
    void saysWhatIsWrongWithABudget() throws Exception {
        try (LedgerNode node = node("wrong")) {
            String org = "\"scope\": {\"type\": \"organization\"}";
            refused(node, "either an amount", "{\"name\": \"b\", " + org + "}");
            refused(
                    node,
                    "either an amount",
                    "{\"name\": \"b\", " + org + ", \"amount\": \"1\", \"tokens\": 1}");
            refused(node, "decimal", "{\"name\": \"b\", " + org + ", \"amount\": \"1,5\"}");
            refused(
                    node,
                    "A period is",
                    "{\"name\": \"b\", " + org + ", \"tokens\": 1, \"period\": \"year\"}");
            refused(
                    node,
                    "looks back",
                    "{\"name\": \"b\", " + org + ", \"tokens\": 1, \"period\": \"rolling\"}");
            refused(
                    node,
                    "time zone",
                    "{\"name\": \"b\", " + org + ", \"tokens\": 1, \"time_zone\": \"Mars\"}");
            refused(
                    node,
                    "hard, which",
                    "{\"name\": \"b\", " + org + ", \"tokens\": 1, \"mode\": \"firm\"}");
            refused(
                    node,
                    "rise",
                    "{\"name\": \"b\", " + org + ", \"tokens\": 1, \"alerts\": [2, 1]}");
            refused(
                    node,
                    "star",
                    "{\"name\": \"b\", " + org + ", \"tokens\": 1, \"models\": [\"*x\"]}");
            refused(node, "characters", "{\"name\": \" \", " + org + ", \"tokens\": 1}");
            refused(
                    node,
                    "A budget is of",
                    "{\"name\": \"b\", \"scope\": {\"type\": \"team\"}, \"tokens\": 1}");
            refused(
                    node,
                    "no project",
                    "{\"name\": \"b\", \"scope\": {\"type\": \"project\"}, \"tokens\": 1}");
            for (int i = 0; i < 20; i++) {
                ask(node, "createBudget", "", "{\"name\": \"b\", " + org + ", \"tokens\": 1}");
            }
            refused(node, "the most", "{\"name\": \"b\", " + org + ", \"tokens\": 1}");
            assertThatThrownBy(() -> ask(node, "readBudget", new UUID(1, 1).toString(), ""))
                    .hasMessageContaining("no budget");
            JsonNode tokens = ask(node, "listBudgets", "", "").path("items").path(0);
            assertThatThrownBy(() ->
                            ask(
                                    node,
                                    "changeBudget",
                                    tokens.path("id").asString(),
                                    "{\"amount\": \"1\"}"))
                    .hasMessageContaining("cannot be changed");
        }
    }

    /** F17: a ledger that could not give back what it had set aside; the next start does. */
    @Test
    void givesBackWhatAnEarlierLifeHadSetAside() throws Exception {
        var url = PostgresFixture.freshUrl();
        String id;
        try (LedgerNode first =
                new LedgerNode(
                                url,
                                root.resolve("lives"),
                                LedgerSettings.DEFAULT,
                                InstantSource.system(),
                                true,
                                BudgetsTest::unclosing)
                        .start()) {
            id =
                    ask(
                                    first,
                                    "createBudget",
                                    "",
                                    """
                                    {"name": "b", "amount": "1",
                                     "scope": {"type": "organization"}}\
                                    """)
                            .path("id")
                            .asString();
            admitted(first.context().ledger(), LedgerKit.KEY).settle(LedgerKit.used(1_000, 100));
        }
        try (LedgerNode second =
                new LedgerNode(
                                url,
                                root.resolve("lives"),
                                LedgerSettings.DEFAULT,
                                InstantSource.system())
                        .start()) {
            second.settle();
            JsonNode budget = ask(second, "readBudget", id, "");
            assertThat(nanos(budget, "spent")).isEqualTo(3_500_000);
            assertThat(nanos(budget, "left")).isEqualTo(1_000_000_000 - 3_500_000);
        }
    }

    /** Never gets to close a slice. */
    private static Commands unclosing(Commands real) {
        return new HookedCommands(
                real,
                command -> {
                    if (command instanceof CloseSlice) {
                        throw Fault.passing("test.away", "it is away", Map.of(), null);
                    }
                },
                () -> {});
    }

    /** F16 in one program: several ledgers on one log cross a cap at once. */
    @Test
    void severalProcessesNeverOverspendTogetherAndLeaveNothingStranded() throws Exception {
        long cap = 400 * BOUND;
        long spent = storm(cap, commands -> commands);
        assertThat(spent).isBetween(cap - 2 * BOUND, cap);
    }

    /** The check of the check: whoever takes what was not set aside for him overspends. */
    @Test
    void wouldOverspendIfSlicesWereNotOnRecord() throws Exception {
        long cap = 40 * BOUND;
        assertThat(storm(cap, Forged::new)).isGreaterThan(cap);
    }

    /** Says that a slice was taken, and records nothing. */
    private record Forged(Commands real) implements Commands {
        @Override
        @SuppressWarnings("unchecked")
        public <C, S, E, R> Handled<E, R> handle(
                StreamName stream,
                Decider<C, S, E, R> decider,
                C command,
                FactMeta meta,
                List<Append.Claim> claims,
                Function<String, R> taken) {
            if (command instanceof TakeSlice take) {
                SliceTaken forged = new SliceTaken(take.span().from(), take.journal(), take.need());
                return new Handled.Done<>(
                        List.of((E) forged), 1, new Position(new UUID(0, 0), 0, 0));
            }
            return real.handle(stream, decider, command, meta, claims, taken);
        }
    }

    /** Spends until nothing is left, from three ledgers at once; what was spent in all. */
    private long storm(long cap, UnaryOperator<Commands> decides) throws Exception {
        long seed = System.nanoTime();
        var url = PostgresFixture.freshUrl();
        List<LedgerNode> nodes = new ArrayList<>();
        AtomicLong spent = new AtomicLong();
        String id;
        try {
            for (int i = 0; i < 3; i++) {
                nodes.add(
                        new LedgerNode(
                                        url,
                                        root.resolve("storm" + decides.hashCode() + i),
                                        LedgerSettings.DEFAULT,
                                        InstantSource.system(),
                                        false,
                                        decides)
                                .start());
            }
            id =
                    ask(
                                    nodes.getFirst(),
                                    "createBudget",
                                    "",
                                    """
                                    {"name": "storm", "period": "month",
                                     "scope": {"type": "organization"}, "amount": "%s"}\
                                    """
                                            .formatted(
                                                    java.math.BigDecimal.valueOf(cap, 9)
                                                            .toPlainString()))
                            .path("id")
                            .asString();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 12; t++) {
                Ledger ledger = nodes.get(t % 3).context().ledger();
                SplittableRandom random = new SplittableRandom(seed + t);
                threads.add(Thread.startVirtualThread(() -> spend(ledger, random, spent, 2 * cap)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        } finally {
            nodes.forEach(LedgerNode::close);
        }
        try (LedgerNode last =
                new LedgerNode(
                                url,
                                root.resolve("last"),
                                LedgerSettings.DEFAULT,
                                InstantSource.system())
                        .start()) {
            last.settle();
            JsonNode budget = ask(last, "readBudget", id, "");
            assertThat(nanos(budget, "spent")).as("seed %d", seed).isEqualTo(spent.get());
            if (spent.get() <= cap) {
                assertThat(nanos(budget.path("set_aside"), "by_instances"))
                        .as("stranded, seed %d", seed)
                        .isZero();
            }
            return spent.get();
        }
    }

    private static void spend(Ledger ledger, SplittableRandom random, AtomicLong spent, long most) {
        int refused = 0;
        while (refused < 40 && spent.get() < most) {
            Admission admission = OpenForTests.admit(ledger, intent(LedgerKit.KEY));
            @Nullable Permit permit =
                    admission instanceof Admission.Admitted(Permit one) ? one : null;
            if (permit == null) {
                refused++;
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
                continue;
            }
            refused = 0;
            int input = random.nextInt(1_001);
            int output = random.nextInt(501);
            java.util.concurrent.locks.LockSupport.parkNanos(random.nextInt(2_000_000));
            permit.settle(LedgerKit.used(input, output));
            // 2.5 and 10 nano-units for a thousandth of a token.
            spent.addAndGet(Math.round(input * 2_500.0 + output * 10_000.0));
        }
    }
}
