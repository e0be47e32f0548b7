package agency.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.FactType;
import agency.kernel.metering.Caller;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.ledger.domain.budget.BudgetEvent;
import agency.ledger.domain.budget.BudgetTerms;
import agency.ledger.domain.budget.Charge;
import agency.ledger.domain.budget.ModelGroup;
import agency.ledger.domain.budget.Period;
import agency.ledger.domain.budget.Scope;
import agency.ledger.domain.budget.Span;
import agency.ledger.domain.budget.Unit;
import agency.ledger.domain.price.Price;
import agency.ledger.domain.price.PriceFacts;
import agency.ledger.domain.price.PriceSet;
import agency.ledger.domain.price.PriceVersion;
import agency.ledger.domain.price.Rate;
import agency.ledger.domain.price.Tariff;
import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageFacts;
import agency.platform.log.codec.FactCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What is stored and what is promised does not change by accident. */
class ContractTest {
    private static final Path CONTRACTS = Path.of("..", "contracts");

    @Test
    void keepsASampleOfEveryFact() throws Exception {
        FactCodec codec = FactCodec.open(LedgerContext.facts());
        for (FactType<?> type : LedgerContext.facts()) {
            Path file =
                    CONTRACTS
                            .resolve("events")
                            .resolve(type.name() + ".v" + type.version() + ".json");
            Record fact = sample(type);
            byte[] bytes = codec.encode(type, fact, FactCodec.nowhere()).body();
            assertThat(new String(bytes, StandardCharsets.UTF_8))
                    .as(file.toString())
                    .isEqualTo(Files.readString(file).strip());
            assertThat(
                            codec.decode(
                                    type,
                                    Files.readString(file).strip().getBytes(StandardCharsets.UTF_8),
                                    FactCodec.nowhere()))
                    .isEqualTo(fact);
        }
    }

    private static Record sample(FactType<?> type) {
        if (type.equals(PriceFacts.PRICE_SET)) {
            return new PriceSet(
                    "openai",
                    "gpt-4o",
                    Instant.parse("2026-11-21T12:00:00Z"),
                    new Price(
                            new Rate(
                                    2_500_000_000L,
                                    List.of(new Rate.Tier(200_000, 5_000_000_000L))),
                            Rate.flat(10_000_000_000L),
                            Rate.flat(1_250_000_000L),
                            null,
                            null,
                            null,
                            null,
                            0));
        }
        if (!type.equals(UsageFacts.USAGE_RECORDED)) {
            return ofABudget(type);
        }
        PriceVersion version =
                new PriceVersion(
                        "2026-08-21/openai/gpt-4o",
                        "pydantic/genai-prices@47df840a",
                        LocalDate.of(2026, 8, 21),
                        Price.of(Rate.flat(2_500_000_000L), Rate.flat(10_000_000_000L)));
        return UsageBatch.pack(
                List.of(
                        attempt(1, Tariff.of("openai", "gpt-4o", version), "req_1"),
                        attempt(2, Tariff.of("openai", "gpt-4o", version), "req_2"),
                        attempt(3, Tariff.of("acme", "house", null), null)),
                4_294_968_000L,
                0);
    }

    private static Record ofABudget(FactType<?> type) {
        Instant at = Instant.parse("2026-11-27T12:00:00Z");
        BudgetTerms terms =
                new BudgetTerms(
                        "Support, November",
                        new Scope(Scope.Kind.PROJECT, new UUID(1, 2)),
                        Unit.MONEY,
                        new Period(Period.Kind.MONTH, 0, "Europe/Berlin"),
                        new ModelGroup(List.of("openai/*")),
                        100_000_000_000L,
                        true,
                        List.of(50, 80, 100));
        return switch (type.name()) {
            case "ledger.budget.opened" -> new BudgetEvent.BudgetOpened(terms, at);
            case "ledger.budget.changed" -> new BudgetEvent.BudgetChanged(terms, at);
            case "ledger.budget.closed" -> new BudgetEvent.BudgetClosed(at);
            case "ledger.slice.taken" ->
                    new BudgetEvent.SliceTaken(1_761_951_600, "i-1", 5_000_000_000L);
            case "ledger.slice.returned" ->
                    new BudgetEvent.SliceReturned(1_761_951_600, "i-1", 1_000_000_000L);
            case "ledger.slice.closed" ->
                    new BudgetEvent.SliceClosed(1_761_951_600, "i-1", 4_000_000_000L);
            case "ledger.budget.share-reached" ->
                    new BudgetEvent.ShareReached(1_761_951_600, 80, 80_000_000_001L, at);
            default -> throw new AssertionError("no sample of " + type.name());
        };
    }

    private static Attempt attempt(long number, Tariff tariff, String providerRequest) {
        return new OpenAttempt(
                        number,
                        new Intent(
                                new UUID(0x019a_a000_0000_7000L, 0x8000_0000_0000_0000L | number),
                                1,
                                new Caller(1, new UUID(1, 2), new UUID(5, 6), new UUID(3, 4)),
                                Operation.CHAT,
                                "",
                                "",
                                100,
                                50),
                        tariff,
                        new Charge(
                                new UUID(5, 6), List.of(Charge.account(new UUID(7, 8), Span.EVER))),
                        1_763_726_400_000L + number)
                .ended(
                        new Outcome(
                                Ending.COMPLETED,
                                UsageClass.REPORTED,
                                new TokenUsage(100 + number, 20, 0, 0),
                                200,
                                180_000,
                                90_000,
                                181_000,
                                120,
                                providerRequest));
    }

    @Test
    void describesExactlyTheRoutesThereAre() throws Exception {
        JsonNode paths =
                new YAMLMapper()
                        .readTree(
                                Files.readString(
                                        CONTRACTS.resolve("openapi").resolve("ledger.yaml")))
                        .path("paths");
        List<String> described =
                paths.properties().stream()
                        .flatMap(path ->
                                path.getValue().properties().stream()
                                        .filter(method -> !method.getKey().equals("parameters"))
                                        .map(method ->
                                                method.getKey()
                                                        + " "
                                                        + path.getKey()
                                                        + " "
                                                        + method.getValue()
                                                                .path("operationId")
                                                                .asString()))
                        .sorted()
                        .toList();
        List<String> there =
                ViewsTest.routes().stream()
                        .map(route ->
                                route.method().name().toLowerCase(Locale.ROOT)
                                        + " "
                                        + route.path()
                                        + " "
                                        + route.operation())
                        .sorted()
                        .toList();
        assertThat(there).isEqualTo(described);
    }
}
