package agency.platform.telemetry;

import agency.platform.config.Setting;
import agency.platform.crypto.Secret;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Logs and traces: the section {@code telemetry}. */
public record TelemetrySettings(
        @Setting(
                        doc =
                                "How logs look: `text` for people, `json` for machines, `auto` for"
                                        + " text on a terminal and JSON elsewhere.",
                        def = "auto")
                LogFormat logFormat,
        @Setting(doc = "Least serious log lines written of our own parts.", def = "info")
                LogLevel logLevel,
        @Setting(
                        doc =
                                "Where traces are sent with OTLP over HTTP, such as"
                                        + " `http://127.0.0.1:4318/v1/traces`. None: no traces are"
                                        + " made.")
                @Nullable URI otlpEndpoint,
        @Setting(doc = "Value of the `Authorization` header sent to the OTLP endpoint.")
                @Nullable Secret otlpAuthorization,
        @Setting(
                        doc =
                                "Share of requests that are traced, 0 to 1; a caller's own decision"
                                        + " in `traceparent` goes first.",
                        def = "0.1")
                double sampling) {

    /** How logs look. */
    public enum LogFormat {
        /** Text on a terminal, JSON elsewhere. */
        AUTO,
        /** For people. */
        TEXT,
        /** For machines. */
        JSON
    }

    /** How serious a line must be. */
    public enum LogLevel {
        /** Only what broke. */
        ERROR,
        /** And what may break. */
        WARN,
        /** And what happens. */
        INFO,
        /** And how. */
        DEBUG
    }

    /** Refuses a share that is none. */
    public TelemetrySettings {
        if (sampling < 0 || sampling > 1) {
            throw new IllegalArgumentException("sampling must be 0 to 1, not " + sampling);
        }
    }
}
