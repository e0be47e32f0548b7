package agency.gateway.domain.wire;

/**
 * The few things that the gateway reads in a request, and where it will write.
 *
 * @param model the model asked for
 * @param modelAt the value of {@code model} in the body, its quotes included
 * @param stream whether a stream is asked for
 * @param tellUsage whether the caller asked for the stream's usage
 * @param askUsage what makes a stream tell its usage; changes nothing when the caller asked himself
 * @param dropOptions takes {@code stream_options} away, for providers that do not know it; changes
 *     nothing when there is none
 * @param maxTokens most output tokens per choice that the caller allows; -1 when not said
 * @param choices how many answers are asked for
 * @param messages how many messages or inputs there are
 * @param images how many images they hold
 * @param bytes bytes of the whole body, images left out
 * @param textBytes bytes of the texts in it, as escaped as they came, images left out
 */
public record WireRequest(
        String model,
        Span modelAt,
        boolean stream,
        boolean tellUsage,
        Edit askUsage,
        Edit dropOptions,
        long maxTokens,
        long choices,
        int messages,
        int images,
        long bytes,
        long textBytes) {

    /** A part of the body, in bytes; {@code to} is behind its last. */
    public record Span(int from, int to) {}

    /** Puts a text, which is plain ASCII, in the place of a part of the body. */
    public record Edit(int from, int to, String text) {
        /** Leaves everything as it is. */
        public static final Edit NONE = new Edit(0, 0, "");
    }
}
