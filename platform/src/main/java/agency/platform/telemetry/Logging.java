package agency.platform.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.LoggerFactory;

/**
 * Sets up logging, in code, so that there is no file to lose: to standard error, every line masked,
 * other people's chatter turned down. Before the settings are read it logs warnings as text.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final String TEXT =
            "%d{HH:mm:ss.SSS} %-5level %-28logger{28} %msg%replace( [%X{request_id}]){' \\[\\]',"
                    + " ''}%replace( trace=%X{trace_id}){' trace=$', ''}%n%ex{8}";

    private static final List<String> CHATTER =
            List.of(
                    "io.netty",
                    "io.vertx",
                    "com.zaxxer.hikari",
                    "org.flywaydb",
                    "org.postgresql",
                    "org.jdbi",
                    "io.opentelemetry",
                    "ai.djl",
                    "okhttp3");

    /** Called by Logback when it starts. */
    public Logging() {}

    @Override
    public ExecutionStatus configure(LoggerContext logback) {
        apply(logback, TelemetrySettings.LogFormat.TEXT, Level.WARN);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Applies the settings to the whole process.
     *
     * @param terminal whether standard error is a terminal
     */
    public static void configure(TelemetrySettings settings, boolean terminal) {
        TelemetrySettings.LogFormat format =
                switch (settings.logFormat()) {
                    case AUTO ->
                            terminal
                                    ? TelemetrySettings.LogFormat.TEXT
                                    : TelemetrySettings.LogFormat.JSON;
                    case TEXT, JSON -> settings.logFormat();
                };
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            apply(logback, format, Level.toLevel(settings.logLevel().name()));
        }
    }

    static void apply(LoggerContext logback, TelemetrySettings.LogFormat format, Level own) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(logback);
        console.setName("standard-error");
        console.setTarget("System.err");
        console.setEncoder(encoder(logback, format));
        console.start();
        Logger root = logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(console);
        root.setLevel(Level.INFO.isGreaterOrEqual(own) ? Level.INFO : own);
        logback.getLogger("agency").setLevel(own);
        CHATTER.forEach(name -> logback.getLogger(name).setLevel(Level.WARN));
        // Warns, with a trace, of each connection to a database that has gone; whoever used it says
        // so in a sentence.
        logback.getLogger("com.zaxxer.hikari.pool.ProxyConnection").setLevel(Level.ERROR);
        // Warns, with a trace, of each connection that comes while the server is stopping.
        logback.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
    }

    static Encoder<ILoggingEvent> encoder(
            LoggerContext logback, TelemetrySettings.LogFormat format) {
        Encoder<ILoggingEvent> inner =
                format == TelemetrySettings.LogFormat.JSON ? json() : text(logback);
        inner.setContext(logback);
        MaskedEncoder masked = new MaskedEncoder(inner);
        masked.setContext(logback);
        masked.start();
        return masked;
    }

    private static Encoder<ILoggingEvent> json() {
        LogstashEncoder json = new LogstashEncoder();
        json.setVersion("[ignore]");
        json.getFieldNames().setVersion("[ignore]");
        json.getFieldNames().setLevelValue("[ignore]");
        json.getFieldNames().setTimestamp("timestamp");
        json.getFieldNames().setLogger("logger");
        json.getFieldNames().setThread("thread");
        json.setTimeZone("UTC");
        return json;
    }

    private static Encoder<ILoggingEvent> text(LoggerContext logback) {
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(logback);
        text.setPattern(TEXT);
        return text;
    }
}
