package agency.gateway.domain.vendor;

/**
 * One row of the table of vendors.
 *
 * @param name its name, e.g. {@code openai}
 * @param title its name for people
 * @param baseUrl where its API begins, {@code /v1} included; empty where every customer has another
 * @param keyVariable the environment variable in which its key usually lies; empty for none
 * @param needsKey whether it answers nobody without a key
 * @param keyHeader where the key goes
 * @param chatPath the path of chat completions behind the base URL; {@code {model}} stands for the
 *     model
 * @param embeddingsPath that of embeddings
 * @param modelsPath that of the list of models
 * @param askUsage whether a stream tells its usage only if asked with {@code stream_options}; false
 *     where it does unasked and the field is not known
 * @param query what follows the path, e.g. {@code ?api-version=…}
 */
public record Vendor(
        String name,
        String title,
        String baseUrl,
        String keyVariable,
        boolean needsKey,
        KeyHeader keyHeader,
        String chatPath,
        String embeddingsPath,
        String modelsPath,
        boolean askUsage,
        String query) {

    /** Where a vendor wants its key. */
    public enum KeyHeader {
        /** {@code Authorization: Bearer …}. */
        BEARER,
        /** {@code api-key: …}. */
        API_KEY
    }
}
