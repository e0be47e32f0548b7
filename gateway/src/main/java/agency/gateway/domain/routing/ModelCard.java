package agency.gateway.domain.routing;

/**
 * A model as its provider lists it.
 *
 * @param name the provider's name for it
 * @param outputLimit most output tokens of one answer; 0 when the provider does not say
 */
public record ModelCard(String name, long outputLimit) {
    /** Longest name, in characters. */
    public static final int MAX_NAME = 200;
}
