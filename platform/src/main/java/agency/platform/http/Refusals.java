package agency.platform.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Is told who was refused what. Must not block and must not throw. */
public interface Refusals {
    /** Tells nobody. */
    Refusals UNHEARD = (tenant, operation, reason, actor, from) -> {};

    /**
     * Somebody was refused.
     *
     * @param tenant whose key or session it was; 0 when nobody was known
     * @param operation what was asked for: the operation of a route
     * @param reason the type of the problem, e.g. {@code permission-missing}
     * @param actor the id of the key or session; null when nobody was known
     * @param from where from; null when it is not known
     */
    void refused(
            int tenant,
            String operation,
            String reason,
            @Nullable String actor,
            @Nullable InetAddress from);
}
