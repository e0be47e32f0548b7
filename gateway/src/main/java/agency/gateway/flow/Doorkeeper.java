package agency.gateway.flow;

import agency.gateway.domain.key.KeyForm;
import agency.gateway.domain.refusal.Refusal;
import agency.gateway.domain.routing.Routed;
import agency.gateway.port.Callers;
import agency.gateway.port.Callers.Bearer;
import java.net.InetAddress;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who may come in, and what for. */
final class Doorkeeper {
    private static final Bearer NOBODY = new Bearer.Nobody();
    private static final Bearer ELSEWHERE = new Bearer.Elsewhere();

    private Doorkeeper() {}

    /**
     * Who bears this key; what cannot be a key is nobody's.
     *
     * @param address where the request came from; asked for only by keys that are bound to networks
     */
    static Bearer bearer(
            Callers callers, @Nullable String key, Supplier<@Nullable InetAddress> address) {
        if (key == null || !KeyForm.fits(key)) {
            return NOBODY;
        }
        Bearer bearer = callers.bearer(key);
        return bearer instanceof Bearer.Known known && known.from() != null
                ? from(known, known.from(), address.get())
                : bearer;
    }

    private static Bearer from(
            Bearer.Known known, Predicate<InetAddress> allowed, @Nullable InetAddress address) {
        return address != null && allowed.test(address) ? known : ELSEWHERE;
    }

    /** Why someone who is not known may not come in. */
    static Refusal refusal(@Nullable String key, Bearer bearer) {
        return switch (bearer) {
            case Bearer.Revoked() -> new Refusal.RevokedKey();
            case Bearer.Expired() -> new Refusal.ExpiredKey();
            case Bearer.Elsewhere() -> new Refusal.NetworkNotAllowed();
            case Bearer.Adrift(int seconds) -> new Refusal.Overloaded(seconds);
            case Bearer.Nobody() when key == null -> new Refusal.MissingKey();
            case Bearer.Nobody() when !KeyForm.fits(key) -> new Refusal.MalformedKey();
            case Bearer.Nobody() -> new Refusal.UnknownKey();
            case Bearer.Known known -> throw new IllegalArgumentException("known, yet refused");
        };
    }

    /** Whether the key may use this model; a plain name allows the model it leads to. */
    static boolean mayUse(Bearer.Known known, String asked, Routed.To to) {
        return known.models().isEmpty()
                || known.models().contains(to.fullName())
                || (known.models().contains(to.model()) && asked.equals(to.model()));
    }
}
