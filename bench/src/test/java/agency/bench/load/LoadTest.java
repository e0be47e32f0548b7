package agency.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import agency.bench.upstream.ScriptedUpstream;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The load generator measures what the upstream was ordered to do. */
class LoadTest {

    private static final ScriptedUpstream UPSTREAM = ScriptedUpstream.usual();
    private static final Load LOAD = new Load();
    private static int port;

    @BeforeAll
    static void start() {
        port = UPSTREAM.start(0);
    }

    @AfterAll
    static void stop() {
        LOAD.close();
        UPSTREAM.close();
    }

    private static Call call(String order, boolean stream) {
        return Call.post(
                port,
                "/v1/chat/completions",
                Map.of("authorization", "Bearer sk-test"),
                "{\"model\":\"scripted\",\"stream\":"
                        + stream
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\""
                        + order
                        + "\"}]}");
    }

    @Test
    void keepsAFixedRateAndCountsEveryAnswer() {
        Measured measured = LOAD.open(call("[[bench]]", false), 500, 200, 1_000, Watch.NONE);
        assertThat(measured.failed()).isZero();
        assertThat(measured.rate()).isBetween(450.0, 550.0);
        assertThat(measured.latency().getTotalCount()).isEqualTo(measured.answered());
    }

    @Test
    void chargesAStallToEveryRequestThatItDelayed() {
        // At 100 a second, answers that take 300 ms: had the load waited for answers, it would have
        // sent three.
        Measured measured =
                LOAD.open(call("[[slowheaders ms=300]]", false), 100, 500, 1_000, Watch.NONE);
        assertThat(measured.answered()).isGreaterThan(80);
        assertThat(Measured.millis(measured.latency(), 50)).isBetween(295.0, 400.0);
    }

    @Test
    void seesTheFirstByteAndTheGapsOfAStream() {
        Measured measured =
                LOAD.closed(
                        call("[[bench chunks=20 ms=20]]", true), 4, 400, 500, 1_500, Watch.NONE);
        assertThat(measured.failed()).isZero();
        assertThat(Measured.millis(measured.firstByte(), 50)).isLessThan(15);
        assertThat(Measured.millis(measured.gap(), 50)).isBetween(17.0, 26.0);
        assertThat(Measured.millis(measured.latency(), 50)).isBetween(400.0, 600.0);
    }

    @Test
    void countsRefusalsAndBreaksAsFailures() {
        assertThat(LOAD.open(call("[[status code=503]]", false), 50, 100, 500, Watch.NONE).failed())
                .isPositive();
        Measured broken = LOAD.open(call("[[break after=2]]", true), 50, 100, 500, Watch.NONE);
        assertThat(broken.failed()).isPositive();
        assertThat(broken.answered()).isZero();
    }
}
