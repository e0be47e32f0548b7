package agency.gateway.adapter.provider.local.store;

/**
 * What is written down beside a model's file.
 *
 * @param source where it came from
 * @param sha256 its checksum, 64 hexadecimal digits
 * @param pinned whether the checksum was known before it was fetched from elsewhere than its source
 * @param licence its licence, or empty
 * @param bytes its size
 * @param architecture its architecture, as its header says
 * @param contextTokens the longest context it was trained for, 0 if unknown
 */
public record ModelManifest(
        String source,
        String sha256,
        boolean pinned,
        String licence,
        long bytes,
        String architecture,
        int contextTokens) {}
