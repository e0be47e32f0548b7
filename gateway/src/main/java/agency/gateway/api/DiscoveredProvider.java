package agency.gateway.api;

/**
 * A provider that was found and is not used until someone says yes.
 *
 * @param vendor its row in the table of vendors, and the name it will get
 * @param title the vendor's name for people
 * @param baseUrl where its API begins
 * @param where where it was found, e.g. {@code environment variable OPENAI_API_KEY}
 */
public record DiscoveredProvider(String vendor, String title, String baseUrl, String where) {}
