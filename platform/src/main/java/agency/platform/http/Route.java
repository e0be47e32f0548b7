package agency.platform.http;

import io.vertx.core.http.HttpMethod;

/**
 * One door from outside.
 *
 * @param method the HTTP method
 * @param path the path, with parameters as {@code /api/v1/keys/{id}}
 * @param operation the operation's id in the OpenAPI document
 * @param permission who may
 * @param costly whether it can cause cost at a provider (and so needs a permit of the ledger)
 * @param handler what it does
 */
public record Route(
        HttpMethod method,
        String path,
        String operation,
        Permission permission,
        boolean costly,
        Handler handler) {

    /** A route that cannot cause cost. */
    public static Route of(
            HttpMethod method,
            String path,
            String operation,
            Permission permission,
            Handler.Blocking handler) {
        return new Route(method, path, operation, permission, false, handler);
    }
}
