package agency.platform.http;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells who bears a credential. Supplied by the access context; reads memory only. */
public interface Authenticator {
    /**
     * Who bears this token, or null when nobody does.
     *
     * @param token the part after {@code Bearer }
     * @param clientAddress the IP address that the request came from, see {@link
     *     Call#clientAddress}; some tokens may be used from some networks only
     */
    @Nullable Principal bearer(String token, String clientAddress);

    /** Who holds this session (the value of the session cookie), or null. */
    @Nullable Principal session(String cookie);

    /**
     * Who calls.
     *
     * @param actor the key's, session's or person's id
     * @param tenant the organisation's number; 0 for the installation
     * @param role what the caller is called in a refusal
     * @param permissions all that this caller may
     * @param csrf for sessions: the token a changing request must repeat in {@code X-CSRF-Token};
     *     null for bearers
     */
    record Principal(
            UUID actor,
            int tenant,
            String role,
            Set<Permission> permissions,
            @Nullable String csrf) {
        /** Copies the permissions, unless they are a copy. */
        public Principal {
            permissions = Set.copyOf(permissions);
        }
    }
}
