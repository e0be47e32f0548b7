package agency.platform.http;

import java.util.regex.Pattern;

/**
 * What a route asks of its caller, by name. Every route names one; nothing is allowed by default,
 * and a name that nobody was given lets nobody in.
 *
 * @param name what is done to what, such as {@code keys.read}; or one of the three that are not
 *     given to anybody: {@code public}, {@code project-key}, {@code observer}
 */
public record Permission(String name) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z-]{0,29}\\.[a-z]{1,30}");

    /** Anyone: health, the API's own description. */
    public static final Permission PUBLIC = new Permission("public");

    /**
     * The bearer of an API key of a project; the route checks the key itself (the {@code /v1}
     * door).
     */
    public static final Permission PROJECT_KEY = new Permission("project-key");

    /**
     * Anyone on loopback, the holder of the metrics token or of {@link #INSTALLATION} otherwise.
     */
    public static final Permission OBSERVER = new Permission("observer");

    /** To see how the installation does. */
    public static final Permission INSTALLATION = new Permission("installation.read");

    /** A permission that somebody can be given, such as {@code keys.read}. */
    public static Permission of(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a permission is named as keys.read is, not " + name);
        }
        return new Permission(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
