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

    /**
     * Whether a model can have this name: 1 to {@value #MAX_NAME} characters, not all blank, none
     * of them a control character. What a caller or a provider calls a model is kept on the usage
     * record, where PostgreSQL takes no NUL and people want no line breaks.
     */
    public static boolean fits(String name) {
        return !name.isBlank()
                && name.length() <= MAX_NAME
                && name.chars().noneMatch(Character::isISOControl);
    }
}
