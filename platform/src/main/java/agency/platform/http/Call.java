package agency.platform.http;

import java.util.Optional;
import java.util.UUID;

/** One request as a blocking handler sees it; the body is read and within its limit. */
public interface Call {
    /** The id of this request, in the answer's {@code x-request-id} and in the logs. */
    UUID request();

    /** Who calls; throws {@link Problem} 401 on a public route without one. */
    Authenticator.Principal principal();

    /**
     * Whether the caller, asked again now, may still all that he might when the call came: his key
     * or session stands, and no right was taken from him. An answer that lives long asks this
     * before it says more; true where nobody was asked for.
     */
    boolean mayStill();

    /** A parameter of the path, decoded. */
    String path(String name);

    /** A parameter of the query, decoded; the first when repeated. */
    Optional<String> query(String name);

    /** A header's value. */
    Optional<String> header(String name);

    /**
     * The client's IP address as text; behind a trusted proxy the one that the proxy names.
     * Personal data: to count tries by, never to be logged or recorded.
     */
    String clientAddress();

    /** Whether the client's side is TLS: here, or at a trusted proxy that says so. */
    boolean secure();

    /** The body's bytes. */
    byte[] body();

    /**
     * The body as a record. Throws {@link Problem} 400 naming line and column, an unknown field
     * (with a suggestion) or a missing one.
     */
    <T extends Record> T body(Class<T> type);

    /** The path parameter as a UUID, or {@link Problem} 404. */
    UUID pathId(String name);
}
