package agency.access.api;

import agency.kernel.money.Nanos;
import agency.platform.config.Setting;
import java.time.Duration;

/**
 * What a first start calls things, and how long a browser stays signed in: section {@code access}.
 */
public record AccessSettings(
        @Setting(
                        doc = "Name of the organisation that a first start opens.",
                        def = "My organisation")
                String organisation,
        @Setting(doc = "Name of the project that a first start opens.", def = "First project")
                String project,
        @Setting(
                        doc = "Name of the administrator whom a first start enters.",
                        def = "Administrator")
                String administrator,
        @Setting(
                        doc =
                                "The most that the key of a first start may ever spend, in units of"
                                        + " the organisation's currency.",
                        def = "1.00")
                String firstKeyCap,
        @Setting(doc = "How long a browser stays signed in, at most 30 days.", def = "12h")
                Duration sessionLife) {
    /** Longest time a browser stays signed in. */
    public static final Duration MAX_SESSION_LIFE = Duration.ofDays(30);

    /** What counts when nothing is configured. */
    public static final AccessSettings DEFAULT =
            new AccessSettings(
                    "My organisation",
                    "First project",
                    "Administrator",
                    "1.00",
                    Duration.ofHours(12));

    /** Refuses a cap that is no amount above nothing and a life beyond its limit. */
    public AccessSettings {
        if (Nanos.parse(firstKeyCap).compareTo(Nanos.ZERO) <= 0) {
            throw new IllegalArgumentException("first_key_cap must be above nothing");
        }
        if (!sessionLife.isPositive() || sessionLife.compareTo(MAX_SESSION_LIFE) > 0) {
            throw new IllegalArgumentException("session_life must be above nothing, at most 30d");
        }
    }
}
