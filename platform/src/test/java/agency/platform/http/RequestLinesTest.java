package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.vertx.core.http.HttpMethod;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Log lines about a request name it and its trace, wherever it is worked on. */
class RequestLinesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String OURS = "0af7651916cd43dd8448eb211c80319c";
    private static final String TRACEPARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

    /** What a line says, and with which ids. */
    private record Line(String logger, Level level, String message, Map<String, String> ids) {}

    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("agency.platform.http");
    private final AppenderBase<ILoggingEvent> appender =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    lines.add(
                            new Line(
                                    event.getLoggerName(),
                                    event.getLevel(),
                                    event.getFormattedMessage(),
                                    Map.copyOf(event.getMDCPropertyMap())));
                }
            };

    private Serving serving;

    @BeforeEach
    void listen() {
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.DEBUG);
        serving =
                new Serving(
                        List.of(
                                Route.of(
                                        HttpMethod.GET,
                                        "/calm",
                                        "calm",
                                        Permission.PUBLIC,
                                        call -> {
                                            LoggerFactory.getLogger("agency.platform.http.Calm")
                                                    .info("at work");
                                            throw new IllegalStateException("a bug");
                                        }),
                                onLoop(
                                        "/v1/loop",
                                        "loop",
                                        x -> {
                                            throw new IllegalStateException("a bug");
                                        }),
                                onLoop(
                                        "/v1/traced",
                                        "traced",
                                        x -> {
                                            x.traced(OURS);
                                            x.request().response().end("ok");
                                        }),
                                onLoop(
                                        "/v1/ids",
                                        "ids",
                                        x -> {
                                            Map<String, String> ids = MDC.getCopyOfContextMap();
                                            x.request()
                                                    .response()
                                                    .end(ids == null ? "{}" : "" + ids);
                                        })));
    }

    private static Route onLoop(String path, String operation, Handler.OnEventLoop handler) {
        return new Route(HttpMethod.POST, path, operation, Permission.PROJECT_KEY, false, handler);
    }

    @AfterEach
    void stop() {
        serving.close();
        logger.detachAppender(appender);
        logger.setLevel(null);
    }

    private Line line(String part) throws InterruptedException {
        while (true) {
            Line line = lines.poll(60, TimeUnit.SECONDS);
            assertThat(line).as("a line with " + part).isNotNull();
            if (line.message().contains(part)) {
                return line;
            }
        }
    }

    private static String id(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-request-id").orElseThrow();
    }

    @Test
    void aBlockingCallsLinesCarryItsIdAndTheCallersTrace() throws Exception {
        HttpResponse<String> answer = serving.get("/calm", "traceparent", TRACEPARENT);
        assertThat(answer.statusCode()).isEqualTo(500);
        Map<String, String> ids = Map.of("request_id", id(answer), "trace_id", TRACE);
        assertThat(line("at work").ids()).isEqualTo(ids);
        assertThat(line("The request failed: bug"))
                .satisfies(line -> {
                    assertThat(line.level()).isEqualTo(Level.ERROR);
                    assertThat(line.ids()).isEqualTo(ids);
                });
        assertThat(line("calm answered 500").ids()).isEqualTo(ids);
    }

    @Test
    void anEventLoopsLinesCarryTheIdsOfTheRequestTheyAreAboutAndNothingIsLeft() throws Exception {
        HttpResponse<String> failed =
                serving.post("/v1/loop", "", "traceparent", TRACEPARENT, "authorization", "x");
        assertThat(line("The request failed: bug").ids())
                .isEqualTo(Map.of("request_id", id(failed), "trace_id", TRACE));
        HttpResponse<String> bare = serving.post("/v1/loop", "");
        assertThat(line("The request failed: bug").ids()).isEqualTo(Map.of("request_id", id(bare)));
        for (int i = 0; i < 4; i++) {
            assertThat(serving.post("/v1/ids", "").body()).isEqualTo("{}");
        }
    }

    @Test
    void aTraceOfOursIsNamedInsteadOfTheCallers() throws Exception {
        HttpResponse<String> answer = serving.post("/v1/traced", "", "traceparent", TRACEPARENT);
        assertThat(line("traced answered 200").ids())
                .isEqualTo(Map.of("request_id", id(answer), "trace_id", OURS));
    }

    @Test
    void whatIsNoTraceparentNamesNoTrace() {
        assertThat(Traceparent.of(TRACEPARENT))
                .isEqualTo(new Traceparent(TRACE, "00f067aa0ba902b7", "01"));
        assertThat(Traceparent.of(null)).isNull();
        for (String wrong :
                List.of(
                        "",
                        "00-zz",
                        "01-" + TRACE + "-00f067aa0ba902b7-01",
                        "00-" + "0".repeat(32) + "-00f067aa0ba902b7-01",
                        "00-" + TRACE + "-" + "0".repeat(16) + "-01",
                        TRACEPARENT + "\n{\"level\":\"forged\"}")) {
            assertThat(Traceparent.of(wrong)).as(wrong).isNull();
        }
    }
}
