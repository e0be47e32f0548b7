package agency.access.domain.key;

import agency.access.domain.key.KeyEvent.Changed;
import agency.access.domain.key.KeyEvent.Issued;
import agency.access.domain.key.KeyEvent.KeyAssigned;
import agency.access.domain.key.KeyEvent.KeyExpirySet;
import agency.access.domain.key.KeyEvent.KeyModelsSet;
import agency.access.domain.key.KeyEvent.KeyNetworksSet;
import agency.access.domain.key.KeyEvent.KeyRenamed;
import agency.access.domain.key.KeyEvent.KeyRotated;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a key allows by now.
 *
 * @param name what people call it, of the person who issued it
 * @param models the only models it may use; empty for all
 * @param expires when it ends by itself; null for never
 * @param networks the only networks from which it may be used, in CIDR notation; empty for all
 * @param account the service account that it belongs to; null for none
 * @param sha256 of its text, 64 lower-case hexadecimal digits
 * @param overlap the text before, which still lets in for a while; null when it was never rotated
 */
public record KeyTerms(
        Personal name,
        List<String> models,
        @Nullable Instant expires,
        List<String> networks,
        @Nullable UUID account,
        String sha256,
        @Nullable Overlap overlap) {
    /** The SHA-256 of a key's text before the present one, and until when that lets in. */
    public record Overlap(String sha256, Instant until) {}

    /** Copies the lists. */
    public KeyTerms {
        models = List.copyOf(models);
        networks = List.copyOf(networks);
    }

    /** What a key allows when it has just been issued. */
    public static KeyTerms of(Issued issued) {
        List<String> models =
                issued instanceof ProjectKeyIssued project ? project.models() : List.of();
        return new KeyTerms(
                issued.name(), models, issued.expires(), List.of(), null, issued.sha256(), null);
    }

    /** The same without what people call it, once whose name it was is erased. */
    public KeyTerms nameless() {
        Personal erased = new Personal(name.person(), null);
        return new KeyTerms(erased, models, expires, networks, account, sha256, overlap);
    }

    /** What it allows after a change. */
    public KeyTerms after(Changed change) {
        return switch (change) {
            case KeyRenamed to ->
                    new KeyTerms(to.name(), models, expires, networks, account, sha256, overlap);
            case KeyModelsSet to ->
                    new KeyTerms(name, to.models(), expires, networks, account, sha256, overlap);
            case KeyExpirySet to ->
                    new KeyTerms(name, models, to.expires(), networks, account, sha256, overlap);
            case KeyNetworksSet to ->
                    new KeyTerms(name, models, expires, to.networks(), account, sha256, overlap);
            case KeyAssigned to ->
                    new KeyTerms(name, models, expires, networks, to.account(), sha256, overlap);
            case KeyRotated to ->
                    new KeyTerms(
                            name,
                            models,
                            expires,
                            networks,
                            account,
                            to.sha256(),
                            new Overlap(sha256, to.overlapUntil()));
        };
    }
}
