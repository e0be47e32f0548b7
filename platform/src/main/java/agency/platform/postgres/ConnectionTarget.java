package agency.platform.postgres;

import agency.kernel.fault.Fault;
import agency.platform.crypto.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a database is and who connects.
 *
 * @param host the server
 * @param port its port
 * @param database the database on it
 * @param user the role
 * @param password its password, empty for none
 * @param parameters further parameters of the driver, such as {@code sslmode}
 */
record ConnectionTarget(
        String host,
        int port,
        String database,
        String user,
        Secret password,
        Map<String, String> parameters) {
    private static final int DEFAULT_PORT = 5432;

    /**
     * Reads {@code postgresql://user:password@host:port/database?sslmode=require} (libpq's form,
     * RFC 3986) or the same with {@code jdbc:} before it, user and password then also as
     * parameters. Throws a {@link Fault} that never repeats the URL, because it holds a password.
     */
    static ConnectionTarget parse(String setting, Secret url) {
        String text = url.reveal().strip();
        String bare = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
        try {
            URI uri = URI.create(bare);
            if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
                throw wrong(setting, "it must begin with postgresql://");
            }
            if (uri.getHost() == null) {
                throw wrong(setting, "it names no host");
            }
            String database =
                    uri.getPath() == null || uri.getPath().length() < 2
                            ? ""
                            : uri.getPath().substring(1);
            if (database.isEmpty() || database.contains("/")) {
                throw wrong(
                        setting,
                        "it names no database; the form is"
                                + " postgresql://user:password@host:5432/agency");
            }
            Map<String, String> parameters = parameters(uri.getRawQuery());
            String user = parameters.remove("user");
            String password = parameters.remove("password");
            if (uri.getRawUserInfo() != null) {
                String[] parts = uri.getRawUserInfo().split(":", 2);
                user = decoded(parts[0]);
                password = parts.length > 1 ? decoded(parts[1]) : password;
            }
            if (user == null || user.isEmpty()) {
                throw wrong(
                        setting,
                        "it names no user; the form is"
                                + " postgresql://user:password@host:5432/agency");
            }
            return new ConnectionTarget(
                    uri.getHost(),
                    uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                    database,
                    user,
                    Secret.of(password == null ? "" : password),
                    Map.copyOf(parameters));
        } catch (IllegalArgumentException malformed) {
            throw wrong(
                    setting, "it is not a URL; percent-encode special characters in the password");
        }
    }

    /** The same server and role with another database. */
    ConnectionTarget onDatabase(String other) {
        return new ConnectionTarget(host, port, other, user, password, parameters);
    }

    /** The same database with another role. */
    ConnectionTarget as(String role, Secret itsPassword) {
        return new ConnectionTarget(host, port, database, role, itsPassword, parameters);
    }

    /** The driver's URL, without user and password. */
    String jdbcUrl() {
        String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return "jdbc:postgresql://" + bracketed + ":" + port + "/" + database;
    }

    /** Where it is, safe to show. */
    String shown() {
        return host + ":" + port + "/" + database;
    }

    /** Never the password. */
    @Override
    public String toString() {
        return "ConnectionTarget[" + user + "@" + shown() + "]";
    }

    private static Map<String, String> parameters(@org.jspecify.annotations.Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query != null) {
            for (String pair : query.split("&")) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    parameters.put(
                            decoded(pair.substring(0, equals)),
                            decoded(pair.substring(equals + 1)));
                }
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Fault wrong(String setting, String why) {
        return Fault.lasting(
                "postgres.url",
                setting + " cannot be used: " + why + ".",
                Map.of("setting", setting),
                null);
    }
}
