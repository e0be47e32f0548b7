package agency.ledger.domain.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.metering.Caller;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.ledger.domain.budget.Charge;
import agency.ledger.domain.budget.Span;
import agency.ledger.domain.price.Price;
import agency.ledger.domain.price.PriceVersion;
import agency.ledger.domain.price.Rate;
import agency.ledger.domain.price.Tariff;
import agency.platform.log.codec.FactCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UsageBatchTest {
    static final Tariff PRICED =
            Tariff.of(
                    "openai",
                    "gpt-4o",
                    new PriceVersion(
                            "v1",
                            "s",
                            LocalDate.EPOCH,
                            Price.of(Rate.flat(1_000_000), Rate.flat(2_000_000))));

    static Attempt attempt(Random random) {
        Tariff tariff =
                random.nextBoolean() ? PRICED : Tariff.of("p" + random.nextInt(3), "m", null);
        Intent intent =
                new Intent(
                        new UUID(random.nextLong(), random.nextLong()),
                        1 + random.nextInt(3),
                        new Caller(
                                random.nextInt(3),
                                new UUID(1, random.nextInt(3)),
                                random.nextBoolean() ? null : new UUID(3, random.nextInt(3)),
                                new UUID(2, random.nextInt(5))),
                        Operation.values()[random.nextInt(3)],
                        tariff.provider(),
                        tariff.model(),
                        random.nextInt(1_000_000),
                        random.nextInt(1_000_000));
        Outcome outcome =
                new Outcome(
                        Ending.values()[random.nextInt(7)],
                        UsageClass.values()[random.nextInt(3)],
                        new TokenUsage(
                                random.nextInt(100_000),
                                random.nextInt(100_000),
                                random.nextInt(2) * random.nextInt(100),
                                random.nextInt(2) * random.nextInt(100)),
                        random.nextInt(4) == 0 ? 0 : 200 + random.nextInt(400),
                        random.nextLong(100_000_000),
                        random.nextLong(100_000_000),
                        random.nextLong(100_000_000),
                        random.nextLong(100_000),
                        random.nextBoolean() ? null : "req_\"ü " + random.nextLong());
        return new OpenAttempt(
                        random.nextLong(1_000_000),
                        intent,
                        tariff,
                        new Charge(
                                intent.caller().person(),
                                random.nextBoolean()
                                        ? List.of()
                                        : List.of(Charge.account(new UUID(4, 4), Span.EVER))),
                        1_700_000_000_000L + random.nextInt(1_000_000_000))
                .ended(outcome);
    }

    @Test
    void readsWhatWasStoredBeforeThereWereBudgets() throws Exception {
        byte[] stored =
                Files.readAllBytes(
                        Path.of("..", "contracts", "events", "ledger.usage.recorded.v1.json"));
        FactCodec codec = FactCodec.open(List.of(UsageFacts.USAGE_RECORDED));
        UsageRecorded now =
                (UsageRecorded)
                        codec.decode(UsageFacts.USAGE_RECORDED, 1, stored, FactCodec.nowhere());
        List<UsageRow> rows = new ArrayList<>();
        UsageBatch.unpack(now, rows::add);
        assertThat(rows).isNotEmpty();
        assertThat(rows)
                .allSatisfy(row -> {
                    assertThat(row.caller().person()).isNull();
                    assertThat(row.caller().budgets()).isEmpty();
                });
    }

    @Test
    void unpacksWhatItPacked() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<Attempt> attempts = new ArrayList<>();
            int count = 1 + random.nextInt(UsageRecorded.MAX_ATTEMPTS);
            for (int i = 0; i < count; i++) {
                attempts.add(attempt(random));
            }
            UsageRecorded fact = UsageBatch.pack(attempts, 7, 9);
            assertThat(fact.through()).isEqualTo(7);
            assertThat(fact.assumedThrough()).isEqualTo(9);
            List<UsageRow> rows = new ArrayList<>();
            UsageBatch.unpack(fact, rows::add);
            assertThat(rows).as("seed %d", seed).hasSize(count);
            for (int i = 0; i < count; i++) {
                same(rows.get(i), attempts.get(i), seed);
            }
        }
    }

    private static void same(UsageRow row, Attempt attempt, long seed) {
        Intent intent = attempt.open().intent();
        Outcome outcome = attempt.outcome();
        PriceVersion version = attempt.open().tariff().version();
        assertThat(row)
                .as("seed %d", seed)
                .isEqualTo(
                        new UsageRow(
                                new UsageRecorded.Account(
                                        intent.caller().tenant(),
                                        intent.caller().project(),
                                        intent.caller().person(),
                                        intent.caller().key(),
                                        attempt.open().charge().accounts()),
                                new UsageRecorded.Line(
                                        intent.provider(),
                                        intent.model(),
                                        intent.operation(),
                                        version == null ? null : version.id()),
                                intent.request(),
                                intent.attempt(),
                                attempt.open().startedMillis(),
                                outcome.ending().code(),
                                outcome.usageClass().code(),
                                outcome.status(),
                                outcome.usage().input(),
                                outcome.usage().output(),
                                outcome.usage().cachedInput(),
                                outcome.usage().reasoning(),
                                attempt.costNanos(),
                                outcome.upstreamMicros(),
                                outcome.firstByteMicros(),
                                outcome.totalMicros(),
                                outcome.overheadMicros(),
                                outcome.providerRequestId() == null
                                        ? ""
                                        : outcome.providerRequestId()));
    }

    @Test
    void assumesTheBoundOfAnAttemptNobodySawEnd() {
        Attempt open = attempt(new Random(5));
        Attempt assumed = open.open().assumed();
        assertThat(assumed.outcome().usageClass()).isEqualTo(UsageClass.ASSUMED);
        assertThat(assumed.outcome().ending()).isEqualTo(Ending.UNKNOWN);
        assertThat(assumed.outcome().usage().input())
                .isEqualTo(open.open().intent().boundInputTokens());
        assertThat(assumed.outcome().usage().output())
                .isEqualTo(open.open().intent().boundOutputTokens());
    }

    @Test
    void refusesEmptyAndOverlongBatches() {
        assertThatThrownBy(() -> UsageBatch.pack(List.of(), 0, 0)).hasMessageContaining("not 0");
        Attempt one = attempt(new Random(1));
        List<Attempt> many = new ArrayList<>();
        for (int i = 0; i <= UsageRecorded.MAX_ATTEMPTS; i++) {
            many.add(one);
        }
        assertThatThrownBy(() -> UsageBatch.pack(many, 0, 0)).hasMessageContaining("not 513");
    }

    @Test
    void refusesColumnsThatDoNotFitTogether() {
        UsageRecorded good = UsageBatch.pack(List.of(attempt(new Random(2))), 1, 0);
        refused(good, 2, good.request(), good.columns().input());
        refused(good, 1, good.request() + "A", good.columns().input());
        refused(good, 1, "!".repeat(22), good.columns().input());
        refused(good, 1, "é".repeat(22), good.columns().input());
        for (String bad :
                List.of("", "x", "1 2", "1*0", "1*2", "1,", "-", "99999999999999999999")) {
            refused(good, 1, good.request(), bad);
        }
    }

    private static void refused(UsageRecorded good, int attempts, String request, String input) {
        UsageRecorded.Columns c = good.columns();
        UsageRecorded bad =
                new UsageRecorded(
                        good.through(),
                        0,
                        attempts,
                        good.callers(),
                        good.lines(),
                        request,
                        new UsageRecorded.Columns(
                                c.caller(),
                                c.line(),
                                c.attempt(),
                                c.started(),
                                c.ending(),
                                c.usageClass(),
                                c.status(),
                                input,
                                c.output(),
                                c.cached(),
                                c.reasoning(),
                                c.cost(),
                                c.upstream(),
                                c.firstByte(),
                                c.total(),
                                c.overhead()),
                        good.providerRequest());
        assertThatThrownBy(() -> UsageBatch.unpack(bad, row -> {}))
                .as("input %s", input)
                .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
    }

    @Test
    void writesARepeatedNumberOnce() {
        NumberColumn.Writer writer = new NumberColumn.Writer();
        for (int i = 0; i < 511; i++) {
            writer.add(200);
        }
        writer.add(-429);
        assertThat(writer.text()).isEqualTo("200*511 -429");
        NumberColumn.Reader reader = new NumberColumn.Reader("200*511 -429");
        for (int i = 0; i < 511; i++) {
            assertThat(reader.next()).isEqualTo(200);
        }
        assertThat(reader.ended()).isFalse();
        assertThat(reader.next()).isEqualTo(-429);
        assertThat(reader.ended()).isTrue();
    }
}
