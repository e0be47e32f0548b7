package agency.platform.http;

/** What a route asks of its caller. Named by every route; nothing is allowed by default. */
public enum Permission {
    /** Anyone: health, the API's own description. */
    PUBLIC,
    /**
     * The bearer of an API key of a project; the route checks the key itself (the {@code /v1}
     * door).
     */
    PROJECT_KEY,
    /** An administrator of the installation. */
    ADMINISTRATOR,
    /** Anyone on loopback, an administrator or the holder of the metrics token otherwise. */
    OBSERVER
}
