package agency.access.adapter.http;

import agency.access.adapter.jwt.JwtBearers;
import agency.access.domain.key.KeyEvent.Administrating;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.role.RoleTable;
import agency.access.domain.role.Standing;
import agency.access.view.key.KeyCard;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberCard;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.session.SessionCard;
import agency.access.view.session.SessionRegister;
import agency.platform.http.Authenticator;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells the HTTP server who bears a key or holds a session, and what he may; nobody does for whom
 * no member stands. A key or session that would let in does not while this instance cannot hear of
 * revocations: that is a problem 503.
 */
public final class Doorkeeper implements Authenticator {
    /** What a refusal calls the bearer of a project's key, who has no role. */
    private static final String PROJECT_KEY = "project key";

    /** Made once: a caller's set is put together at every request. */
    private static final Map<String, Permission> NAMED =
            RoleTable.names().stream()
                    .collect(Collectors.toUnmodifiableMap(name -> name, Permission::of));

    private final KeyRegister keys;
    private final SessionRegister sessions;
    private final MemberRegister members;
    private final OrganisationRegister organisations;
    private final Optional<JwtBearers> jwts;
    private final ForeignCallers foreign;
    private final BooleanSupplier mayAdmit;
    private final InstantSource clock;

    /** Looks into these registers. */
    public Doorkeeper(
            KeyRegister keys,
            SessionRegister sessions,
            MemberRegister members,
            OrganisationRegister organisations,
            Optional<JwtBearers> jwts,
            ForeignCallers foreign,
            BooleanSupplier mayAdmit,
            InstantSource clock) {
        this.keys = keys;
        this.sessions = sessions;
        this.members = members;
        this.organisations = organisations;
        this.jwts = jwts;
        this.foreign = foreign;
        this.mayAdmit = mayAdmit;
        this.clock = clock;
    }

    @Override
    public @Nullable Principal bearer(String token, String clientAddress) {
        if (jwts.isPresent() && JwtBearers.looksLikeOne(token)) {
            return foreign(jwts.get().bearer(token));
        }
        Instant now = clock.instant();
        KeyCard card = keys.bearing(token, now).orElse(null);
        if (card == null || card.standing(now) != KeyCard.Standing.ACTIVE) {
            return null;
        }
        refuseWhenAdrift();
        if (!card.admits(clientAddress)) {
            throw new Problem(
                    403,
                    "network-not-allowed",
                    "Not allowed",
                    "The key may not be used from the address that this request came from; its"
                            + " networks are in GET /api/v1/keys.");
        }
        return switch (card.issued()) {
            case Administrating key ->
                    members.member(card.tenant(), key.name().person())
                            .map(MemberCard::standing)
                            .map(member -> principal(card, key.standing(), member))
                            .orElse(null);
            case ProjectKeyIssued key ->
                    new Principal(card.id(), card.tenant(), PROJECT_KEY, Set.of(), null);
        };
    }

    @Override
    public @Nullable Principal session(String cookie) {
        SessionCard card = sessions.holding(cookie, clock.instant()).orElse(null);
        if (card == null) {
            return null;
        }
        refuseWhenAdrift();
        return members.member(card.tenant(), card.person())
                .map(MemberCard::standing)
                .map(member ->
                        new Principal(
                                card.session(),
                                card.tenant(),
                                member.toString(),
                                named(member.permissions()),
                                CsrfToken.of(cookie)))
                .orElse(null);
    }

    private Principal foreign(JwtBearers.Answer answer) {
        return switch (answer) {
            case JwtBearers.Answer.Known known -> {
                refuseWhenAdrift();
                yield foreign(known.bearer());
            }
            case JwtBearers.Answer.Refused refused ->
                    throw new Problem(
                            401,
                            "invalid-token",
                            "Not authenticated",
                            "The token " + refused.why() + ".");
            case JwtBearers.Answer.Later later ->
                    throw new Problem(
                            503,
                            "issuer-keys-missing",
                            "Not possible now",
                            "The keys of the tokens' issuer are not here yet; try again.",
                            Map.of("retry_after", 1));
        };
    }

    private Principal foreign(JwtBearers.Bearer bearer) {
        if (!organisations.isOpen(bearer.tenant())) {
            throw new Problem(
                    401,
                    "invalid-token",
                    "Not authenticated",
                    "The token is of an organisation that is not here.");
        }
        foreign.seen(bearer.id(), bearer.standing());
        return new Principal(
                bearer.id(),
                bearer.tenant(),
                bearer.standing().toString(),
                named(bearer.standing().permissions()),
                null);
    }

    /** A key never may more than the person for whom it acts may by now. */
    private static Principal principal(KeyCard card, Standing key, Standing member) {
        Set<String> both = new HashSet<>(key.permissions());
        both.retainAll(member.permissions());
        Standing named = key.beyond(member.permissions()).isEmpty() ? key : member;
        return new Principal(card.id(), card.tenant(), named.toString(), named(both), null);
    }

    private static Set<Permission> named(Set<String> names) {
        return names.stream().map(NAMED::get).collect(Collectors.toUnmodifiableSet());
    }

    /** Asked after the bearer was found: what was found before the lease ended still counts. */
    private void refuseWhenAdrift() {
        if (!mayAdmit.getAsBoolean()) {
            throw new Problem(
                    503,
                    "instance-adrift",
                    "Not possible now",
                    "This instance has lost touch with the log and lets nobody in until it is"
                            + " back; try again.",
                    Map.of("retry_after", 1));
        }
    }
}
