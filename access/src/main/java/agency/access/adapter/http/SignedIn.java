package agency.access.adapter.http;

import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.flow.OpenSession;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.session.SessionCard;
import agency.platform.crypto.Secret;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.SessionCookie;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What all ways to sign in have in common: tries are counted, what is tried is bounded, and whoever
 * has come in gets a cookie and hears who he is.
 */
final class SignedIn {
    /** Longest token that is looked at, in characters. */
    static final int MAX_TOKEN = 100;

    /** Longest text that is looked at as a password, in characters. */
    static final int MAX_PASSWORD = 1_000;

    private final OrganisationRegister organisations;
    private final Holders holders;
    private final InstantSource clock;
    private final Tries byAddress;
    private final Tries byEmail;
    private final Tries byPerson;

    SignedIn(OrganisationRegister organisations, Holders holders, InstantSource clock) {
        this.organisations = organisations;
        this.holders = holders;
        this.clock = clock;
        this.byAddress = new Tries(clock);
        this.byEmail = new Tries(clock);
        this.byPerson = new Tries(clock);
    }

    /**
     * Who is signed in.
     *
     * @param name what the person is called; absent once erased
     * @param email by which he signs in; absent when unknown or erased
     * @param role as what the caller acts here
     * @param installationRole as what he acts for the installation; absent for most
     * @param permissions all that the caller may, by name
     * @param expiresAt when the session ends by itself; absent for keys
     * @param csrfToken to be repeated in {@code X-CSRF-Token}; absent for keys
     */
    record SessionDocument(
            UUID person,
            @Nullable String name,
            @Nullable String email,
            String organization,
            Role role,
            @Nullable InstallationRole installationRole,
            List<String> permissions,
            @Nullable Instant expiresAt,
            @Nullable String csrfToken) {}

    /** Counts a try of the caller's address, and refuses when there were too many. */
    void countTry(Call call) {
        refuse(byAddress.count(Tries.network(call.clientAddress())));
    }

    /** Counts a try at an e-mail beside the address, known or not. */
    void countEmail(String email) {
        refuse(byEmail.count(email));
    }

    /** Counts a try at the password of somebody who is signed in. */
    void countPerson(UUID person) {
        refuse(byPerson.count(person.toString()));
    }

    private static void refuse(Duration wait) {
        if (wait.isPositive()) {
            throw Wire.tooManyTries(wait);
        }
    }

    /**
     * The try of the caller's address was none of guessing. Those before it stay: or whoever has an
     * account of his own could guess at others' for ever.
     */
    void succeeded(Call call) {
        byAddress.takeBack(Tries.network(call.clientAddress()));
    }

    /** Whoever has this e-mail is in, so what was tried before is of no account. */
    void succeeded(String email) {
        byEmail.succeeded(email);
    }

    /** The same of whoever knows his password. */
    void succeeded(UUID person) {
        byPerson.succeeded(person.toString());
    }

    /** The text of a link's or an invitation's token. */
    String token(Secret token) {
        if (token.reveal().length() > MAX_TOKEN) {
            throw Wire.invalid(
                    "token", "The field `token` is longer than any link's: copy the link anew.");
        }
        return token.reveal();
    }

    /** A password that is not beyond all bounds. */
    Secret password(String field, Secret password) {
        if (password.reveal().length() > MAX_PASSWORD) {
            throw Wire.invalid(
                    field,
                    "The field `"
                            + field
                            + "` has more than "
                            + MAX_PASSWORD
                            + " characters: no password is that long.");
        }
        return password;
    }

    /** The answer to whoever has just signed in. */
    Answer answer(Call call, int status, OpenSession.SignedIn in) {
        succeeded(call);
        SessionCard session = in.session();
        String cookie = in.cookie().reveal();
        Standing standing = holders.standing(session.tenant(), session.person());
        Duration life = Duration.between(clock.instant(), session.expires());
        return new Answer(
                status,
                Map.of("set-cookie", SessionCookie.set(cookie, call.secure(), life)),
                document(
                        session.tenant(),
                        session.person(),
                        standing,
                        standing.permissions(),
                        session.expires(),
                        CsrfToken.of(cookie)));
    }

    /** Who somebody is. */
    SessionDocument document(
            int tenant,
            UUID person,
            Standing standing,
            Set<String> permissions,
            @Nullable Instant expires,
            @Nullable String csrf) {
        return new SessionDocument(
                person,
                organisations.person(person).orElse(null),
                organisations.email(person).orElse(null),
                organisations.organisation(tenant).orElseThrow().name(),
                standing.role(),
                standing.installation(),
                permissions.stream().sorted().toList(),
                expires,
                csrf);
    }
}
