package agency.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.json.Json;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.slf4j.event.KeyValuePair;

class LoggingTest {
    private final LoggerContext logback = new LoggerContext();

    @AfterEach
    void clear() {
        MDC.clear();
    }

    private String line(TelemetrySettings.LogFormat format, String message, Throwable thrown) {
        logback.setMDCAdapter(MDC.getMDCAdapter());
        Logger logger = logback.getLogger("agency.platform.http.Dispatch");
        LoggingEvent event = new LoggingEvent("x", logger, Level.WARN, message, thrown, null);
        event.addKeyValuePair(new KeyValuePair("fault", "a.b"));
        return new String(Logging.encoder(logback, format).encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void writesJsonWithRequestAndTraceIdAndNoSecret() {
        MDC.put("request_id", "r-1");
        MDC.put("trace_id", "t-1");
        String line =
                line(TelemetrySettings.LogFormat.JSON, "with Bearer abcdefgh and \"quotes\"", null);
        Map<?, ?> json = Json.mapper().readValue(line, Map.class);
        assertThat(json.get("request_id")).isEqualTo("r-1");
        assertThat(json.get("trace_id")).isEqualTo("t-1");
        assertThat(json.get("level")).isEqualTo("WARN");
        assertThat(json.get("logger")).isEqualTo("agency.platform.http.Dispatch");
        assertThat(json.get("fault")).isEqualTo("a.b");
        assertThat(json.get("message")).isEqualTo("with Bearer *** and \"quotes\"");
        assertThat(json.get("timestamp").toString()).endsWith("Z");
    }

    @Test
    void writesTextForPeopleWithTheIdsOnlyWhereThereAreSome() {
        String bare = line(TelemetrySettings.LogFormat.TEXT, "hello sk-agency-abcdefghijk", null);
        assertThat(bare)
                .contains("WARN", "hello sk-***")
                .doesNotContain("[]", "trace=", "abcdefghijk");
        MDC.put("request_id", "r-1");
        assertThat(line(TelemetrySettings.LogFormat.TEXT, "hello", null)).contains("hello [r-1]");
        assertThat(
                        line(
                                TelemetrySettings.LogFormat.TEXT,
                                "hello",
                                new IllegalStateException("password=hunter2")))
                .contains("IllegalStateException")
                .doesNotContain("hunter2");
    }

    @Test
    void turnsOthersChatterDown() {
        Logging.apply(logback, TelemetrySettings.LogFormat.TEXT, Level.DEBUG);
        assertThat(logback.getLogger("agency.x").isDebugEnabled()).isTrue();
        assertThat(logback.getLogger("io.vertx.core").isInfoEnabled()).isFalse();
        assertThat(logback.getLogger("org.flywaydb.core").isWarnEnabled()).isTrue();
        assertThat(logback.getLogger("elsewhere").isDebugEnabled()).isFalse();
        assertThat(new Logging().configure(logback)).isNotNull();
        assertThat(logback.getLogger("agency.x").isInfoEnabled()).isFalse();
    }
}
