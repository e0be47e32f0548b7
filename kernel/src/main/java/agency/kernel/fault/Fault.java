package agency.kernel.fault;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A broken world or a bug. Carries a stable code and arguments that are safe to show: never
 * secrets, never personal text. The wire form is made at the edge.
 */
public final class Fault extends RuntimeException {
    /** Whether trying again can help. */
    public enum Retry {
        /** The same call may succeed later. */
        CAN_HELP,
        /** The same call will fail again until someone changes something. */
        IS_POINTLESS
    }

    private final String code;
    private final Retry retry;
    private final Map<String, String> arguments;

    private Fault(
            String code,
            String sentence,
            Retry retry,
            Map<String, String> arguments,
            @Nullable Throwable cause) {
        super(sentence, cause);
        this.code = code;
        this.retry = retry;
        this.arguments = Map.copyOf(arguments);
    }

    /** A fault that may pass by itself, e.g. {@code postgres.unreachable}. */
    public static Fault passing(
            String code,
            String sentence,
            Map<String, String> arguments,
            @Nullable Throwable cause) {
        return new Fault(code, sentence, Retry.CAN_HELP, arguments, cause);
    }

    /**
     * A fault that stays until someone acts, e.g. {@code postgres.too-old}; the sentence says what
     * to do.
     */
    public static Fault lasting(
            String code,
            String sentence,
            Map<String, String> arguments,
            @Nullable Throwable cause) {
        return new Fault(code, sentence, Retry.IS_POINTLESS, arguments, cause);
    }

    /** The stable code, words joined by dots and hyphens. */
    public String code() {
        return code;
    }

    /** Whether trying again can help. */
    public Retry retry() {
        return retry;
    }

    /** Named values that are safe to show. */
    public Map<String, String> arguments() {
        return arguments;
    }
}
