package agency.platform.telemetry;

import agency.platform.http.Traceparent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Traces made with OpenTelemetry's SDK and sent in batches, off the request's path. */
final class OtlpTraces implements Traces, AutoCloseable {
    /** Spans that may wait to be sent; more are dropped, and the exporter says so. */
    private static final int QUEUE_SPANS = 4096;

    private static final int BATCH_SPANS = 512;
    private static final Duration EVERY = Duration.ofSeconds(2);

    /** Longest wait for the last batch when closing, in seconds. */
    private static final int CLOSE_SECONDS = 5;

    private static final AttributeKey<String> OPERATION =
            AttributeKey.stringKey("gen_ai.operation.name");
    private static final AttributeKey<String> PROVIDER =
            AttributeKey.stringKey("gen_ai.provider.name");
    private static final AttributeKey<String> MODEL =
            AttributeKey.stringKey("gen_ai.request.model");
    private static final AttributeKey<Long> INPUT =
            AttributeKey.longKey("gen_ai.usage.input_tokens");
    private static final AttributeKey<Long> OUTPUT =
            AttributeKey.longKey("gen_ai.usage.output_tokens");
    private static final AttributeKey<Double> FIRST_TOKEN =
            AttributeKey.doubleKey("gen_ai.server.time_to_first_token");
    private static final AttributeKey<Long> STATUS =
            AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("agency.attempt");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    OtlpTraces(SpanExporter exporter, double sampling, String version) {
        this.provider =
                SdkTracerProvider.builder()
                        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(sampling)))
                        .setResource(
                                Resource.getDefault().toBuilder()
                                        .put("service.name", "agency")
                                        .put("service.version", version)
                                        .build())
                        .addSpanProcessor(
                                BatchSpanProcessor.builder(exporter)
                                        .setMaxQueueSize(QUEUE_SPANS)
                                        .setMaxExportBatchSize(BATCH_SPANS)
                                        .setScheduleDelay(EVERY)
                                        .build())
                        .build();
        this.tracer = provider.get("agency");
    }

    @Override
    public Span request(@Nullable String traceparent, String operation, String model) {
        SpanBuilder builder =
                tracer.spanBuilder(operation)
                        .setSpanKind(SpanKind.SERVER)
                        .setAttribute(OPERATION, operation)
                        .setAttribute(MODEL, model);
        Traceparent caller = Traceparent.of(traceparent);
        Context parent =
                caller == null
                        ? Context.root()
                        : Context.root()
                                .with(io.opentelemetry.api.trace.Span.wrap(context(caller)));
        return new Live(builder.setParent(parent).startSpan(), operation);
    }

    private static SpanContext context(Traceparent caller) {
        return SpanContext.createFromRemoteParent(
                caller.traceId(),
                caller.spanId(),
                TraceFlags.fromHex(caller.flags(), 0),
                TraceState.getDefault());
    }

    private final class Live implements Span {
        private final io.opentelemetry.api.trace.Span span;
        private final String operation;

        Live(io.opentelemetry.api.trace.Span span, String operation) {
            this.span = span;
            this.operation = operation;
        }

        @Override
        public Span attempt(String providerName, String model, int number) {
            return new Live(
                    tracer.spanBuilder(operation + " " + model)
                            .setParent(Context.root().with(span))
                            .setSpanKind(SpanKind.CLIENT)
                            .setAttribute(OPERATION, operation)
                            .setAttribute(PROVIDER, providerName)
                            .setAttribute(MODEL, model)
                            .setAttribute(ATTEMPT, (long) number)
                            .startSpan(),
                    operation);
        }

        @Override
        public void usage(long inputTokens, long outputTokens) {
            span.setAttribute(INPUT, inputTokens).setAttribute(OUTPUT, outputTokens);
        }

        @Override
        public void firstByte(long nanos) {
            span.setAttribute(FIRST_TOKEN, nanos / 1e9);
        }

        @Override
        public void end(int status) {
            span.setAttribute(STATUS, (long) status).end();
        }

        @Override
        public void fail(int status, String errorType) {
            if (status > 0) {
                span.setAttribute(STATUS, (long) status);
            }
            span.setAttribute(ERROR, errorType).setStatus(StatusCode.ERROR).end();
        }

        @Override
        public String traceId() {
            return span.getSpanContext().getTraceId();
        }

        @Override
        public String traceparent() {
            SpanContext context = span.getSpanContext();
            return "00-"
                    + context.getTraceId()
                    + "-"
                    + context.getSpanId()
                    + "-"
                    + context.getTraceFlags().asHex();
        }
    }

    @Override
    public void close() {
        provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
