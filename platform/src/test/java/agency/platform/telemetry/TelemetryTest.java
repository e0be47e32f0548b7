package agency.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.platform.crypto.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TelemetryTest {
    private static final String CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static TelemetrySettings settings(URI endpoint, double sampling) {
        return new TelemetrySettings(
                TelemetrySettings.LogFormat.TEXT,
                TelemetrySettings.LogLevel.INFO,
                endpoint,
                Secret.of("Bearer collector"),
                sampling);
    }

    @Test
    void sendsSpansWithGenAiNamesAndTheCallersTrace() throws Exception {
        Vertx vertx = Vertx.vertx();
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        HttpServer collector =
                vertx.createHttpServer()
                        .requestHandler(r ->
                                r.body()
                                        .onSuccess(b -> {
                                            received.add(
                                                    r.getHeader("authorization")
                                                            + b.toString(
                                                                    StandardCharsets.ISO_8859_1));
                                            r.response().end();
                                        }));
        collector
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        Telemetry telemetry =
                new Telemetry(
                        settings(
                                URI.create(
                                        "http://127.0.0.1:"
                                                + collector.actualPort()
                                                + "/v1/traces"),
                                0),
                        "9.9");
        Traces early = telemetry.traces();
        telemetry.start();
        Traces.Span span = early.request(CALLER, "chat", "gpt-4o");
        assertThat(span.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        Traces.Span attempt = span.attempt("openai", "gpt-4o-2024", 1);
        assertThat(attempt.traceparent())
                .startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-")
                .endsWith("-01");
        attempt.firstByte(1_000_000);
        attempt.usage(3, 4);
        attempt.end(200);
        span.fail(502, "upstream-broke");
        telemetry.close();
        String sent = received.poll(60, TimeUnit.SECONDS);
        assertThat(sent)
                .contains(
                        "Bearer collector",
                        "gen_ai.operation.name",
                        "gen_ai.provider.name",
                        "openai",
                        "gen_ai.request.model",
                        "gpt-4o-2024",
                        "gen_ai.usage.input_tokens",
                        "gen_ai.server.time_to_first_token",
                        "error.type",
                        "upstream-broke",
                        "service.name",
                        "agency",
                        "9.9");
        assertThat(early.request(CALLER, "chat", "x").traceId()).isEmpty();
        vertx.close();
    }

    @Test
    void makesNoTraceWithoutAnEndpoint() {
        Telemetry telemetry = new Telemetry(settings(null, 1), "9.9");
        telemetry.start();
        Traces.Span span = telemetry.traces().request(CALLER, "chat", "m");
        assertThat(span.attempt("p", "m", 1)).isSameAs(span);
        span.usage(1, 1);
        span.firstByte(1);
        span.end(200);
        span.fail(0, "x");
        assertThat(span.traceparent()).isNull();
        assertThat(telemetry.purpose()).contains("no traces");
        telemetry.close();
    }

    @Test
    void refusesAShareThatIsNone() {
        assertThatThrownBy(() -> settings(null, 1.5)).hasMessageContaining("0 to 1");
    }

    @Test
    void ignoresATraceparentThatIsNone() {
        try (OtlpTraces traces =
                new OtlpTraces(
                        io.opentelemetry.sdk.trace.export.SpanExporter.composite(), 1, "x")) {
            assertThat(traces.request("00-zz", "chat", "m").traceId()).hasSize(32);
            assertThat(traces.request(null, "chat", "m").traceparent()).matches("00-.*-0[13]");
        }
    }
}
