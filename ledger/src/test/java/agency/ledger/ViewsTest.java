package agency.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.metering.Admission;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.Permit;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.ledger.api.LedgerSettings;
import agency.ledger.flow.OpenForTests;
import agency.ledger.testing.AskedCall;
import agency.ledger.testing.LedgerKit;
import agency.ledger.testing.LedgerNode;
import agency.platform.crypto.Secret;
import agency.platform.http.Call;
import agency.platform.http.Handler;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import agency.platform.json.Json;
import agency.platform.testing.PostgresFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The routes over real projections of a real log. */
class ViewsTest {
    private static final UUID OTHER = new UUID(9, 9);
    private static final AtomicReference<Instant> NOW =
            new AtomicReference<>(Instant.parse("2026-11-20T12:10:00Z"));
    private static LedgerNode node;
    private static Path journals;
    private static Secret url;

    static List<Route> routes() {
        return new LedgerContext(
                        new LedgerContext.Needs(
                                LedgerSettings.DEFAULT,
                                Path.of("unused"),
                                org.jdbi.v3.core.Jdbi.create("jdbc:postgresql://unused/"),
                                LedgerKit.memoryLog(),
                                null,
                                null,
                                null,
                                LedgerKit.IDS,
                                LedgerKit.SALTS,
                                NOW::get,
                                (tenant, scope) -> true,
                                key -> null,
                                name -> name,
                                List.of()))
                .routes();
    }

    @BeforeAll
    static void use() throws Exception {
        journals = Files.createTempDirectory("ledger-views");
        url = PostgresFixture.freshUrl();
        node = new LedgerNode(url, journals, LedgerSettings.DEFAULT, NOW::get).start();
        attempts(10, LedgerKit.KEY, "openai", "gpt-4o", UsageClass.REPORTED);
        NOW.set(Instant.parse("2026-11-20T13:10:00Z"));
        attempts(5, LedgerKit.KEY, "openai", "gpt-4o", UsageClass.ESTIMATED);
        NOW.set(Instant.parse("2026-11-21T00:10:00Z"));
        attempts(3, OTHER, "nobody", "house", UsageClass.REPORTED);
        NOW.set(Instant.parse("2026-11-21T12:00:00Z"));
        LedgerKit.await("posted", () -> node.context().posted() == 18);
        node.settle();
    }

    private static void attempts(
            int count, UUID key, String provider, String model, UsageClass usageClass) {
        for (int i = 0; i < count; i++) {
            UUID request =
                    new UUID(NOW.get().toEpochMilli() << 16 | 0x7000, 0x8000_0000_0000_0000L | i);
            Admission admission =
                    OpenForTests.admit(
                            node.context().ledger(),
                            LedgerKit.intent(request, key, provider, model));
            Permit permit = ((Admission.Admitted) admission).permit();
            permit.settle(
                    new Outcome(
                            i == 0 ? Ending.UPSTREAM_ERROR : Ending.COMPLETED,
                            usageClass,
                            new TokenUsage(1_000, 100, 0, 7),
                            i == 0 ? 500 : 200,
                            900,
                            i == 0 ? 0 : 300,
                            1_000,
                            100,
                            i == 1 ? "req\0x" : null));
        }
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static JsonNode ask(String operation, Call call) throws Exception {
        Route route =
                node.context().routes().stream()
                        .filter(one -> one.operation().equals(operation))
                        .findFirst()
                        .orElseThrow();
        return Json.mapper()
                .readTree(Json.write(((Handler.Blocking) route.handler()).handle(call).body()));
    }

    private static void refused(String operation, String says, Call call) {
        assertThatThrownBy(() -> ask(operation, call))
                .isInstanceOf(Problem.class)
                .hasMessageContaining(says);
    }

    @Test
    void sumsUpUsageAsAsked() throws Exception {
        JsonNode usage =
                ask(
                        "readUsage",
                        AskedCall.query(
                                "from", "2026-11-20", "to", "2026-11-22", "group_by", "key,model"));
        assertThat(usage.path("currency").asString()).isEqualTo("USD");
        assertThat(usage.path("total").path("attempts").asLong()).isEqualTo(18);
        assertThat(usage.path("total").path("unpriced_attempts").asLong()).isEqualTo(3);
        assertThat(usage.path("total").path("failed").asLong()).isEqualTo(3);
        // 15 priced attempts of 1000 tokens in at 2.50 and 100 out at 10.00 per million.
        assertThat(usage.path("total").path("cost").path("nanos").asLong()).isEqualTo(52_500_000);
        assertThat(usage.path("total").path("cost").path("amount").asString()).isEqualTo("0.0525");
        assertThat(usage.path("groups").size()).isEqualTo(2);
        JsonNode first = usage.path("groups").path(0);
        assertThat(first.path("group").path("key").asString()).isEqualTo(LedgerKit.KEY.toString());
        assertThat(first.path("group").path("model").asString()).isEqualTo("gpt-4o");
        assertThat(first.path("by_class").path("reported").path("attempts").asLong()).isEqualTo(10);
        assertThat(first.path("by_class").path("estimated").path("attempts").asLong()).isEqualTo(5);
        assertThat(first.path("sum").path("reasoning_tokens").asLong()).isEqualTo(105);
        assertThat(first.path("sum").path("mean_first_byte_us").asLong()).isEqualTo(300);
        assertThat(first.path("sum").path("mean_total_us").asLong()).isEqualTo(1_000);
        assertThat(usage.path("total_by_class").path("reported").path("attempts").asLong())
                .isEqualTo(13);
    }

    @Test
    void tellsHoursDaysAndOperationsApart() throws Exception {
        JsonNode hours =
                ask(
                        "readUsage",
                        AskedCall.query(
                                "from", "2026-11-20", "to", "2026-11-22", "group_by", "hour"));
        assertThat(hours.path("groups").size()).isEqualTo(3);
        assertThat(hours.path("groups").path(0).path("group").path("hour").asString())
                .isEqualTo("2026-11-20T12:00:00Z");
        JsonNode days =
                ask(
                        "readUsage",
                        AskedCall.query(
                                "from",
                                "2026-11-20",
                                "to",
                                "2026-11-22",
                                "group_by",
                                "day,operation,provider,project"));
        assertThat(days.path("groups").size()).isEqualTo(2);
        assertThat(days.path("groups").path(0).path("group").path("operation").asString())
                .isEqualTo("chat");
        assertThat(days.path("groups").path(0).path("sum").path("attempts").asLong()).isEqualTo(15);
    }

    @Test
    void filtersUsage() throws Exception {
        JsonNode usage =
                ask(
                        "readUsage",
                        AskedCall.query(
                                "from",
                                "2026-11-20",
                                "to",
                                "2026-11-22",
                                "key",
                                OTHER.toString(),
                                "provider",
                                "nobody",
                                "model",
                                "house",
                                "project",
                                LedgerKit.PROJECT.toString()));
        assertThat(usage.path("total").path("attempts").asLong()).isEqualTo(3);
        assertThat(usage.path("groups").size()).isZero();
        assertThat(ask("readUsage", AskedCall.query()).path("total").path("attempts").asLong())
                .as("the last day, when nothing is said")
                .isEqualTo(8);
    }

    @Test
    void saysWhatIsWrongWithAQuestion() {
        refused("readUsage", "must be before to", AskedCall.query("from", "2027-01-01"));
        refused(
                "readUsage",
                "at most 400 days",
                AskedCall.query("from", "2020-01-01", "to", "2026-01-01"));
        refused("readUsage", "must be a moment", AskedCall.query("from", "yesterday"));
        refused("readUsage", "Did you mean model?", AskedCall.query("group_by", "modell"));
        refused("readUsage", "each word once", AskedCall.query("group_by", "key,key"));
        refused("readUsage", "must be a UUID", AskedCall.query("key", "x"));
        refused("readUsage", "1 to 200 characters", AskedCall.query("model", ""));
        refused("listRequests", "from 1 to 200", AskedCall.query("limit", "0"));
        refused("listRequests", "from 1 to 200", AskedCall.query("limit", "x"));
        refused("listRequests", "next_cursor", AskedCall.query("cursor", "!"));
        refused("listRequests", "next_cursor", AskedCall.query("cursor", "YQ"));
        refused("listRequests", "knows completed", AskedCall.query("ending", "well"));
    }

    @Test
    void pagesThroughRequestsNewestFirst() throws Exception {
        List<String> seen = new ArrayList<>();
        String cursor = null;
        do {
            JsonNode page =
                    ask(
                            "listRequests",
                            cursor == null
                                    ? AskedCall.query("limit", "4")
                                    : AskedCall.query("limit", "4", "cursor", cursor));
            page.path("items").forEach(item -> seen.add(item.path("request").asString()));
            cursor = page.path("next_cursor").asString(null);
            assertThat(page.path("complete").asBoolean()).isTrue();
        } while (cursor != null);
        assertThat(seen).hasSize(18).doesNotHaveDuplicates();
        assertThat(seen).isSortedAccordingTo(java.util.Comparator.reverseOrder());
    }

    @Test
    void filtersRequests() throws Exception {
        JsonNode failed = ask("listRequests", AskedCall.query("ending", "upstream_error"));
        assertThat(failed.path("items").size()).isEqualTo(3);
        JsonNode some =
                ask(
                        "listRequests",
                        AskedCall.query(
                                "key",
                                LedgerKit.KEY.toString(),
                                "project",
                                LedgerKit.PROJECT.toString(),
                                "provider",
                                "openai",
                                "model",
                                "gpt-4o",
                                "from",
                                "2026-11-20T13:00:00Z",
                                "to",
                                "2026-11-20T14:00:00Z"));
        assertThat(some.path("items").size()).isEqualTo(5);
    }

    @Test
    void showsTheAttemptsOfOneRequest() throws Exception {
        JsonNode page = ask("listRequests", AskedCall.query("key", OTHER.toString()));
        String id = page.path("items").path(1).path("request").asString();
        JsonNode one = ask("readRequest", new AskedCall(Map.of("id", id), Map.of(), ""));
        assertThat(one.path("attempts").size()).isEqualTo(1);
        JsonNode attempt = one.path("attempts").path(0);
        assertThat(attempt.path("usage_class").asString()).isEqualTo("reported");
        assertThat(attempt.path("ending").asString()).isEqualTo("completed");
        assertThat(attempt.path("provider_request_id").asString()).isEqualTo("req\0x");
        assertThat(attempt.path("upstream_status").asInt()).isEqualTo(200);
        assertThat(attempt.path("first_byte_us").asInt()).isEqualTo(300);
        assertThat(attempt.has("cost")).as("unpriced").isFalse();
        refused(
                "readRequest",
                "no request",
                new AskedCall(Map.of("id", new UUID(0, 0).toString()), Map.of(), ""));
    }

    @Test
    void setsAPriceThatHoldsAtOnce() throws Exception {
        Map<String, String> path = Map.of("provider", "acme", "model", "org/house-1");
        JsonNode set =
                ask(
                        "setPrice",
                        new AskedCall(
                                path,
                                Map.of(),
                                """
                                {"input": "2.50", "output": "10", "cache_read": "0.25",
                                 "per_thousand_requests": "1.5",
                                 "tiers": [{"above_input_tokens": 200000, "input": "5",
                                            "output": "20", "cache_read": "0.5"}]}
                                """));
        assertThat(set.path("source").asString()).isEqualTo("operator");
        assertThat(set.path("input").path("tiers").path(0).path("price").asString()).isEqualTo("5");
        // On a day that no other test asks for.
        Instant now = NOW.getAndSet(Instant.parse("2026-11-23T12:00:00Z"));
        Admission admission =
                OpenForTests.admit(
                        node.context().ledger(),
                        LedgerKit.intent(
                                LedgerKit.IDS.next(), new UUID(5, 5), "acme", "org/house-1"));
        NOW.set(now);
        ((Admission.Admitted) admission).permit().settle(LedgerKit.used(1_000_000, 0));
        LedgerKit.await(
                "posted at the price that was set",
                () ->
                        LedgerKit.rows(node.log()).stream()
                                .anyMatch(row ->
                                        row.caller().key().equals(new UUID(5, 5))
                                                && row.costNanos() == 5_001_500_000L));
        JsonNode listed =
                ask("listPrices", AskedCall.query("provider", "acme", "model", "org/house-1"));
        assertThat(listed.path("in_force").path("priced").asBoolean()).isTrue();
        assertThat(listed.path("items").size()).isEqualTo(1);
        refused(
                "setPrice",
                "may not hold from before",
                new AskedCall(
                        path,
                        Map.of(),
                        "{\"from\":\"2026-01-01T00:00:00Z\",\"input\":\"1\",\"output\":\"1\"}"));
        refused(
                "setPrice",
                "input must be a decimal",
                new AskedCall(path, Map.of(), "{\"input\":\"1e-99\",\"output\":\"1\"}"));
        refused(
                "setPrice",
                "0 to 1000000 units",
                new AskedCall(path, Map.of(), "{\"input\":\"-1\",\"output\":\"1\"}"));
        refused(
                "setPrice",
                "characters together",
                new AskedCall(Map.of("provider", "a", "model", "m".repeat(300)), Map.of(), "{}"));
    }

    @Test
    void listsTheShippedPricesInPages() throws Exception {
        JsonNode openai = ask("listPrices", AskedCall.query("provider", "openai", "limit", "10"));
        assertThat(openai.path("items").size()).isEqualTo(10);
        assertThat(openai.path("items").path(0).path("as_of").asString()).isEqualTo("2026-08-21");
        assertThat(openai.path("items").path(0).path("source").asString())
                .isEqualTo("pydantic/genai-prices@47df840a");
        String cursor = openai.path("next_cursor").asString();
        JsonNode next =
                ask(
                        "listPrices",
                        AskedCall.query("provider", "openai", "limit", "10", "cursor", cursor));
        assertThat(next.path("items").path(0)).isNotEqualTo(openai.path("items").path(0));
        JsonNode unknown = ask("listPrices", AskedCall.query("provider", "x", "model", "y"));
        assertThat(unknown.path("in_force").path("priced").asBoolean()).isFalse();
        JsonNode local = ask("listPrices", AskedCall.query("provider", "local", "model", "qwen"));
        assertThat(local.path("in_force").path("price").path("source").asString())
                .isEqualTo("runs here, costs nothing");
    }

    @Test
    void dropsTheDaysThatAreNoLongerKept() {
        AtomicReference<Instant> later =
                new AtomicReference<>(Instant.parse("2026-12-20T12:00:00Z"));
        var requests = new agency.ledger.view.requests.Requests(later::get, 30);
        assertThat(requests.oldestDay()).isEqualTo("2026-11-21");
        int dropped =
                node.database()
                        .jdbi()
                        .inTransaction(sql -> {
                            int gone = requests.tidy(sql);
                            sql.rollback();
                            return gone;
                        });
        assertThat(dropped).isEqualTo(1);
    }

    @Test
    void knowsAfterARestartWhatKeysHaveSpent() throws Exception {
        Secret fresh = PostgresFixture.freshUrl();
        Path folder = Files.createTempDirectory("ledger-restart");
        try (LedgerNode first =
                new LedgerNode(fresh, folder, LedgerSettings.DEFAULT, NOW::get).start()) {
            Admission admission = OpenForTests.admit(first.context().ledger(), LedgerKit.intent());
            ((Admission.Admitted) admission).permit().settle(LedgerKit.used(1_000, 100));
        }
        try (LedgerNode second =
                new LedgerNode(fresh, folder, LedgerSettings.DEFAULT, NOW::get).start()) {
            assertThat(second.context().damaged()).isZero();
            second.cap(LedgerKit.KEY, 3_500_000L + 7_499_999);
            assertThat(OpenForTests.admit(second.context().ledger(), LedgerKit.intent()))
                    .isInstanceOf(Admission.Exhausted.class);
        }
    }
}
