package agency.gateway.adapter.telemetry;

import agency.gateway.port.Meters;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The gateway's meters, with the names of OpenTelemetry's conventions for generative AI where it
 * has one. No label tells a key or a person; models are bounded in number.
 */
public final class MicrometerMeters implements Meters {
    /** Most models that get a label of their own; the rest share {@code other}. */
    static final int MAX_MODELS = 200;

    private static final Duration[] OVERHEAD = {
        Duration.ofNanos(50_000),
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofSeconds(1)
    };
    private static final Duration[] FIRST_TOKEN = {
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60)
    };

    private record Work(Operation operation, String provider, String model) {}

    private record Refused(String route, int status, String code) {}

    /** The meters of one kind of work, looked up once an attempt. */
    private record Set(
            Map<Ending, Counter> endings,
            Timer firstToken,
            Timer duration,
            DistributionSummary input,
            DistributionSummary output) {}

    private final MeterRegistry registry;
    private final Timer overhead;
    private final Counter capped;
    private final ConcurrentHashMap<Work, Set> sets = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Refused, Counter> refusals = new ConcurrentHashMap<>();

    /** Meters in this registry. */
    public MicrometerMeters(MeterRegistry registry) {
        this.registry = registry;
        this.overhead =
                Timer.builder("agency.gateway.overhead")
                        .description("What the gateway added to an answer.")
                        .serviceLevelObjectives(OVERHEAD)
                        .register(registry);
        this.capped =
                Counter.builder("agency.gateway.usage.capped")
                        .description("Answers whose provider told more usage than can have been.")
                        .register(registry);
    }

    @Override
    public void settled(Intent intent, Outcome outcome, boolean wasCapped) {
        Set set = set(intent);
        Objects.requireNonNull(set.endings.get(outcome.ending())).increment();
        set.duration.record(outcome.totalMicros(), TimeUnit.MICROSECONDS);
        if (outcome.firstByteMicros() > 0) {
            set.firstToken.record(outcome.firstByteMicros(), TimeUnit.MICROSECONDS);
        }
        set.input.record((double) outcome.usage().input());
        set.output.record((double) outcome.usage().output());
        overhead.record(outcome.overheadMicros(), TimeUnit.MICROSECONDS);
        if (wasCapped) capped.increment();
    }

    private Set set(Intent intent) {
        Work work = new Work(intent.operation(), intent.provider(), intent.model());
        Set known = sets.get(work);
        if (known != null) return known;
        Work bounded =
                sets.size() < MAX_MODELS
                        ? work
                        : new Work(intent.operation(), intent.provider(), "other");
        return sets.computeIfAbsent(bounded, this::make);
    }

    private Set make(Work work) {
        String operation = work.operation.name().toLowerCase(Locale.ROOT);
        String[] labels = {
            "gen_ai.operation.name", operation,
            "gen_ai.provider.name", work.provider,
            "gen_ai.request.model", work.model
        };
        Map<Ending, Counter> endings = new EnumMap<>(Ending.class);
        for (Ending ending : Ending.values()) {
            endings.put(
                    ending,
                    Counter.builder("agency.gateway.attempts")
                            .description("Attempts at providers, by how they ended.")
                            .tags(labels)
                            .tag("ending", ending.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        return new Set(
                endings,
                Timer.builder("gen_ai.server.time_to_first_token")
                        .description("From a request's arrival until its first byte went out.")
                        .tags(labels)
                        .serviceLevelObjectives(FIRST_TOKEN)
                        .register(registry),
                Timer.builder("gen_ai.server.request.duration")
                        .description("From a request's arrival until its last byte went out.")
                        .tags(labels)
                        .serviceLevelObjectives(FIRST_TOKEN)
                        .register(registry),
                tokens(labels, "input"),
                tokens(labels, "output"));
    }

    private DistributionSummary tokens(String[] labels, String type) {
        return DistributionSummary.builder("gen_ai.client.token.usage")
                .description("Tokens of an attempt.")
                .baseUnit("token")
                .tags(labels)
                .tag("gen_ai.token.type", type)
                .register(registry);
    }

    @Override
    public void refused(String route, int status, String code) {
        refusals.computeIfAbsent(
                        new Refused(route, status, code),
                        r ->
                                Counter.builder("agency.gateway.refusals")
                                        .description("Requests refused before any attempt.")
                                        .tag("operation", r.route)
                                        .tag("status", Integer.toString(r.status))
                                        .tag("code", r.code)
                                        .register(registry))
                .increment();
    }
}
