package agency.gateway.flow;

import agency.gateway.domain.key.KeyForm;
import agency.gateway.domain.refusal.Refusal;
import agency.gateway.domain.routing.Routed;
import agency.gateway.port.Callers;
import agency.gateway.port.Callers.Bearer;
import org.jspecify.annotations.Nullable;

/** Who may come in, and what for. */
final class Doorkeeper {
    private static final Bearer NOBODY = new Bearer.Nobody();

    private Doorkeeper() {}

    /** Who bears this key; what cannot be a key is nobody's. */
    static Bearer bearer(Callers callers, @Nullable String key) {
        return key == null || !KeyForm.fits(key) ? NOBODY : callers.bearer(key);
    }

    /** Why someone who is not known may not come in. */
    static Refusal refusal(@Nullable String key, Bearer bearer) {
        return switch (bearer) {
            case Bearer.Revoked() -> new Refusal.RevokedKey();
            case Bearer.Expired() -> new Refusal.ExpiredKey();
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
