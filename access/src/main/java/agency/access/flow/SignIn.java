package agency.access.flow;

import agency.access.port.PasswordHashes;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.password.PasswordRegister;
import agency.kernel.fact.FactMeta;
import agency.kernel.id.IdSource;
import agency.platform.crypto.Secret;
import java.util.List;
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
    private final EndSession endSession;
    private final IdSource ids;

    /** Looks into these views, opens sessions and ends them with these flows. */
    public SignIn(
            Views views,
            PasswordHashes hashes,
            OpenSession openSession,
            EndSession endSession,
            IdSource ids) {
        this.views = views;
        this.hashes = hashes;
        this.openSession = openSession;
        this.endSession = endSession;
        this.ids = ids;
    }

    /** What is looked at. */
    public record Views(
            OrganisationRegister organisations,
            MemberRegister members,
            PasswordRegister passwords) {}

    /** A member, and the hash that what he typed was compared with. */
    private record Known(int organisation, UUID person, String hash) {}

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
        List<Known> known =
                reached.entrySet().stream()
                        .flatMap(entry -> known(entry.getKey(), entry.getValue()).stream())
                        .toList();
        if (known.isEmpty()) {
            hashes.matches(typed, null);
            return Optional.empty();
        }
        return known.stream()
                .limit(MAX_TRIED)
                .filter(one -> hashes.matches(typed, one.hash()))
                .findFirst()
                .flatMap(one -> open(one, meta));
    }

    private Optional<Known> known(int organisation, UUID person) {
        return views.members.member(organisation, person).isEmpty()
                ? Optional.empty()
                : views.passwords.of(person).map(hash -> new Known(organisation, person, hash));
    }

    private Optional<OpenSession.SignedIn> open(Known known, FactMeta meta) {
        OpenSession.SignedIn in =
                openSession.open(known.organisation(), ids.next(), known.person(), meta);
        // Whoever sets another password ends the sessions that he sees then. One that he does not
        // see was recorded after the password, and as it shows here, so does the password.
        if (!views.passwords.of(known.person()).equals(Optional.of(known.hash()))) {
            endSession.end(known.organisation(), in.session().session(), meta);
            return Optional.empty();
        }
        return Optional.of(in);
    }
}
