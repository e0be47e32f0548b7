package agency.access.flow;

import agency.access.port.PasswordHashes;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.password.PasswordRegister;
import agency.kernel.fact.FactMeta;
import agency.kernel.id.IdSource;
import agency.platform.crypto.Secret;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Signs a browser in by e-mail and password. Nobody learns from the answer or from how long it
 * takes whether it was the e-mail or the password that was wrong.
 */
public final class SignIn {
    /** Most organisations in which one e-mail is tried when none is named. */
    static final int MAX_TRIED = 4;

    private final Views views;
    private final PasswordHashes hashes;
    private final OpenSession openSession;
    private final IdSource ids;

    /** Looks into these views and opens sessions with this flow. */
    public SignIn(Views views, PasswordHashes hashes, OpenSession openSession, IdSource ids) {
        this.views = views;
        this.hashes = hashes;
        this.openSession = openSession;
        this.ids = ids;
    }

    /** What is looked at. */
    public record Views(
            OrganisationRegister organisations,
            MemberRegister members,
            PasswordRegister passwords) {}

    /**
     * Opens a session for the member whose e-mail and password these are; empty when there is none.
     *
     * @param organisation the number of his organisation; null for the first in which it is right
     */
    public Optional<OpenSession.SignedIn> signIn(
            String email, Secret password, @Nullable Integer organisation, FactMeta meta) {
        String typed = Typed.normal(password);
        Map<Integer, UUID> reached = views.organisations.reachedBy(email);
        if (organisation != null) {
            reached.keySet().retainAll(Set.of(organisation));
        }
        reached.entrySet()
                .removeIf(entry ->
                        views.members.member(entry.getKey(), entry.getValue()).isEmpty()
                                || views.passwords.of(entry.getValue()).isEmpty());
        if (reached.isEmpty()) {
            hashes.matches(typed, null);
            return Optional.empty();
        }
        return reached.entrySet().stream()
                .limit(MAX_TRIED)
                .filter(entry ->
                        hashes.matches(typed, views.passwords.of(entry.getValue()).orElse(null)))
                .findFirst()
                .map(entry -> openSession.open(entry.getKey(), ids.next(), entry.getValue(), meta));
    }
}
