package agency.gateway.adapter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.metering.Caller;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MicrometerMetersTest {
    private static final UUID KEY = new UUID(7, 7);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerMeters meters = new MicrometerMeters(registry);

    private static Intent intent(String model) {
        return new Intent(
                new UUID(0, 1),
                1,
                new Caller(3, KEY, null, KEY),
                Operation.CHAT,
                "up",
                model,
                10,
                10);
    }

    private static Outcome outcome(Ending ending) {
        return new Outcome(
                ending,
                UsageClass.REPORTED,
                new TokenUsage(5, 6, 0, 0),
                200,
                900,
                400,
                1_000,
                100,
                null);
    }

    @Test
    void countsWithoutNamingKeysOrPeople() {
        meters.settled(intent("m"), outcome(Ending.COMPLETED), true);
        meters.settled(intent("m"), outcome(Ending.CLIENT_LEFT), false);
        meters.refused("createChatCompletion", 401, "invalid_api_key");
        assertThat(
                        registry.get("agency.gateway.attempts")
                                .tag("ending", "completed")
                                .counter()
                                .count())
                .isEqualTo(1);
        assertThat(registry.get("agency.gateway.usage.capped").counter().count()).isEqualTo(1);
        assertThat(registry.get("gen_ai.server.time_to_first_token").timer().count()).isEqualTo(2);
        assertThat(registry.get("agency.gateway.overhead").timer().count()).isEqualTo(2);
        assertThat(
                        registry.get("gen_ai.client.token.usage")
                                .tag("gen_ai.token.type", "output")
                                .summary()
                                .totalAmount())
                .isEqualTo(12);
        assertThat(
                        registry.get("agency.gateway.refusals")
                                .tag("code", "invalid_api_key")
                                .counter()
                                .count())
                .isEqualTo(1);
        assertThat(registry.getMeters())
                .allSatisfy(meter ->
                        assertThat(meter.getId().getTags())
                                .extracting(Tag::getValue)
                                .noneMatch(v -> v.contains(KEY.toString())));
    }

    @Test
    void boundsTheNumberOfModels() {
        for (int i = 0; i < MicrometerMeters.MAX_MODELS + 50; i++) {
            meters.settled(intent("m" + i), outcome(Ending.COMPLETED), false);
        }
        assertThat(registry.find("gen_ai.server.request.duration").timers())
                .hasSize(MicrometerMeters.MAX_MODELS + 1);
        assertThat(
                        registry.get("gen_ai.server.request.duration")
                                .tag("gen_ai.request.model", "other")
                                .timer()
                                .count())
                .isEqualTo(50);
    }
}
