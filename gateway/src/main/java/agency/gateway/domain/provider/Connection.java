package agency.gateway.domain.provider;

/**
 * How a provider is called.
 *
 * @param name the name it was given
 * @param vendor its row in the table of vendors
 * @param baseUrl where its API begins
 * @param sealedKey its key, sealed together with {@link #belongsTo}, base64; empty for none
 * @param foundHere whether it runs on this machine and its operator said yes to it; only then may a
 *     loopback address be called without the configuration's leave
 */
public record Connection(
        String name, String vendor, String baseUrl, String sealedKey, boolean foundHere) {
    /** What a key is sealed together with: it opens for this provider at this origin only. */
    public static String belongsTo(String name, String origin) {
        return "gateway.provider/" + name + "@" + origin;
    }
}
