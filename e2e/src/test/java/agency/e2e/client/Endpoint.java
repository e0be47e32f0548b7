package agency.e2e.client;

/**
 * Where a client calls: the base URL with {@code /v1}, a key that is accepted, and models that
 * exist there.
 */
public record Endpoint(String baseUrl, String key, String chatModel, String embeddingModel) {}
