package agency.gateway.api;

import agency.platform.config.Bytes;
import agency.platform.config.Setting;
import java.time.Duration;

/** How models are asked: the section {@code gateway}. */
public record GatewaySettings(
        @Setting(doc = "Longest body of a request to a model.", def = "32MiB") Bytes maxBody,
        @Setting(doc = "Longest wait for a connection to a provider.", def = "5s")
                Duration connectTimeout,
        @Setting(
                        doc = "Longest wait for the head of a provider's answer, from the call on.",
                        def = "300s")
                Duration firstByteTimeout,
        @Setting(doc = "Longest silence within a provider's answer.", def = "120s")
                Duration idleTimeout,
        @Setting(doc = "Longest time of one answer.", def = "30m") Duration totalTimeout,
        @Setting(doc = "Longest time that a client may read nothing of its answer.", def = "60s")
                Duration clientIdleTimeout,
        @Setting(
                        doc =
                                "Silence of a stream after which a comment is sent, so that nobody"
                                        + " in between takes it for dead.",
                        def = "15s")
                Duration heartbeat,
        @Setting(
                        doc =
                                "Most output tokens assumed where neither the request nor the"
                                        + " provider names a limit.",
                        def = "32768")
                long assumedOutputTokens,
        @Setting(doc = "Connections to one provider, for each event loop.", def = "512")
                int connectionsPerLoop,
        @Setting(
                        doc = "Requests that wait for such a connection, for each event loop.",
                        def = "1024")
                int waitingPerLoop) {

    /** What holds where nothing is configured. */
    public static GatewaySettings defaults() {
        return new GatewaySettings(
                new Bytes(32L << 20),
                Duration.ofSeconds(5),
                Duration.ofSeconds(300),
                Duration.ofSeconds(120),
                Duration.ofMinutes(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(15),
                32_768,
                512,
                1_024);
    }
}
