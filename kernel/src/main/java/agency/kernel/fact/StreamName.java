package agency.kernel.fact;

/**
 * Names one stream: the facts that must be decided together.
 *
 * @param tenant the organisation's number; 0 is the installation itself
 * @param category whose streams these are, e.g. {@code access.key}; lower-case words joined by dots
 * @param key which one, unique in its category; never personal data
 * @param partition what picks the lane: streams with the same partition keep one total order
 */
public record StreamName(int tenant, String category, String key, String partition) {
    /** Longest category, in characters. */
    public static final int MAX_CATEGORY = 60;

    /** Longest key and longest partition, in characters. */
    public static final int MAX_KEY = 200;

    /**
     * Refuses a negative tenant and an empty or overlong name with an {@link
     * IllegalArgumentException}.
     */
    public StreamName {
        if (tenant < 0) {
            throw new IllegalArgumentException("tenant must be 0 or more, not " + tenant);
        }
        bounded("category", category, MAX_CATEGORY);
        bounded("key", key, MAX_KEY);
        bounded("partition", partition, MAX_KEY);
    }

    /** A stream that lies in its organisation's partition, as all do but journals. */
    public static StreamName of(int tenant, String category, String key) {
        return new StreamName(tenant, category, key, "tenant/" + tenant);
    }

    private static void bounded(String what, String value, int max) {
        if (value.isEmpty() || value.length() > max) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + max + " characters, not " + value.length());
        }
    }
}
