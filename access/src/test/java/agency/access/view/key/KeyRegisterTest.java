package agency.access.view.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import agency.access.api.KeyDirectory.Answer;
import agency.access.domain.key.ApiKey;
import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyEvent.AdministratorKeyIssued;
import agency.access.domain.key.KeyEvent.KeyRevoked;
import agency.access.domain.key.KeyEvent.KeyRotated;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.organisation.Organisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationClosed;
import agency.access.domain.project.Project;
import agency.access.domain.project.ProjectEvent.ProjectClosed;
import agency.access.view.Facts;
import agency.access.view.fingerprint.Fingerprint;
import agency.kernel.fact.Personal;
import agency.kernel.metering.Caller;
import agency.kernel.money.Nanos;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyRegisterTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final UUID PROJECT = new UUID(7, 0);
    private static final UUID KEY = new UUID(7, 1);
    private static final Personal NAME = new Personal(new UUID(7, 9), "app");
    private static final String TEXT = "sk-agency-" + "a".repeat(43);

    private final AtomicBoolean mayAdmit = new AtomicBoolean(true);
    private final KeyRegister register = new KeyRegister(mayAdmit::get);

    @Test
    void knowsTheBearerOfAKeyByItsTextAlone() {
        apply(issued(1, KEY, TEXT, null));
        assertThat(register.lookup(TEXT, NOW))
                .isEqualTo(
                        new Answer.Known(
                                new Caller(1, PROJECT, NAME.person(), KEY), Set.of("m"), null));
        assertThat(register.bearing(TEXT, NOW)).map(KeyCard::id).contains(KEY);
        assertThat(register.byId(KEY)).isPresent();
    }

    @Test
    void doesNotKnowWhatWasNeverIssued() {
        assertThat(register.lookup(TEXT, NOW)).isEqualTo(new Answer.Unknown());
        assertThat(register.lookup("", NOW)).isEqualTo(new Answer.Unknown());
        assertThat(register.lookup("x".repeat(100_000), NOW)).isEqualTo(new Answer.Unknown());
    }

    @Test
    void doesNotTakeAnAdministratorsKeyForAProjects() {
        apply(new AdministratorKeyIssued(KEY, NAME, hash(TEXT), null, NOW));
        assertThat(register.lookup(TEXT, NOW)).isEqualTo(new Answer.Unknown());
        assertThat(register.bearing(TEXT, NOW)).isPresent();
    }

    @Test
    void refusesAKeyFromTheVeryMomentOfItsExpiry() {
        apply(issued(1, KEY, TEXT, NOW));
        assertThat(register.lookup(TEXT, NOW.minusNanos(1))).isInstanceOf(Answer.Known.class);
        assertThat(register.lookup(TEXT, NOW)).isEqualTo(new Answer.Expired(KEY));
    }

    @Test
    void refusesARevokedKeyEvenWhenItHasExpired() {
        apply(issued(1, KEY, TEXT, NOW));
        apply(new KeyRevoked(KEY, NOW));
        assertThat(register.lookup(TEXT, NOW.minusSeconds(1))).isEqualTo(new Answer.Revoked(KEY));
        assertThat(register.lookup(TEXT, NOW)).isEqualTo(new Answer.Revoked(KEY));
    }

    @Test
    void admitsNobodyWhileItCannotHearOfRevocations() {
        apply(issued(1, KEY, TEXT, null));
        mayAdmit.set(false);
        assertThat(register.lookup(TEXT, NOW)).isEqualTo(new Answer.Adrift());
    }

    @Test
    void tellsOfEveryRevocationUntilNobodyListens() {
        List<UUID> told = new ArrayList<>();
        var registration = register.onRevoked(told::add);
        apply(issued(1, KEY, TEXT, null));
        apply(new KeyRevoked(KEY, NOW));
        assertThat(told).containsExactly(KEY);
        registration.close();
        apply(new KeyRevoked(KEY, NOW));
        assertThat(told).containsExactly(KEY);
    }

    @Test
    void hasRefusedTheKeyByTheTimeItTellsOfItsRevocation() {
        List<Answer> answers = new ArrayList<>();
        apply(issued(1, KEY, TEXT, null));
        try (var listening = register.onRevoked(id -> answers.add(register.lookup(TEXT, NOW)))) {
            apply(new KeyRevoked(KEY, NOW));
        }
        assertThat(answers).containsExactly(new Answer.Revoked(KEY));
    }

    @Test
    void tellsEveryListenerEvenWhenOneFails() {
        List<UUID> told = new ArrayList<>();
        apply(issued(1, KEY, TEXT, null));
        try (var failing =
                        register.onRevoked(id -> {
                            throw new IllegalStateException("broken");
                        });
                var listening = register.onRevoked(told::add)) {
            assertThatIllegalStateException().isThrownBy(() -> apply(new KeyRevoked(KEY, NOW)));
        }
        assertThat(told).containsExactly(KEY);
        assertThat(register.lookup(TEXT, NOW)).isEqualTo(new Answer.Revoked(KEY));
    }

    @Test
    void listsAnOrganisationsKeys() {
        for (int i = 1; i <= 5; i++) {
            apply(issued(1, new UUID(7, i), TEXT + i, null));
        }
        apply(issued(2, new UUID(7, 6), TEXT + 6, null));
        assertThat(register.of(1)).hasSize(5);
        assertThat(register.of(2)).extracting(KeyCard::id).containsExactly(new UUID(7, 6));
    }

    @Test
    void forgetsEverythingWhenTheLogIsReadAgain() {
        apply(issued(1, KEY, TEXT, null));
        register.reset();
        assertThat(register.lookup(TEXT, NOW)).isEqualTo(new Answer.Unknown());
        assertThat(register.of(1)).isEmpty();
    }

    @Test
    void throwsOverAHistoryThatCannotBe() {
        assertThatIllegalStateException().isThrownBy(() -> apply(new KeyRevoked(KEY, NOW)));
    }

    @Test
    void namesItselfAndWhatItReads() {
        assertThat(register.name()).isEqualTo("access.keys");
        assertThat(register.categories())
                .containsExactlyInAnyOrder(
                        "access.key",
                        "access.project",
                        "access.service-account",
                        "access.organisation",
                        "access.person");
    }

    @Test
    void countsAKeyAsRevokedThatIsToldOfAfterItsProjectWasClosed() {
        register.apply(Facts.of(Project.stream(1, PROJECT), new ProjectClosed(PROJECT, NOW)));
        apply(issued(1, KEY, TEXT, null));
        assertThat(register.lookup(TEXT, NOW)).isEqualTo(new Answer.Revoked(KEY));
    }

    @Test
    void endsTheKeysOfWhatIsClosedAndTellsThoseWhoHaveThemOpen() {
        UUID other = new UUID(7, 2);
        List<UUID> told = new ArrayList<>();
        apply(issued(1, KEY, TEXT, null));
        apply(issued(2, other, TEXT + "b", null));
        register.onRevoked(told::add);
        register.apply(Facts.of(Organisation.stream(2), new OrganisationClosed(2, NOW)));
        assertThat(told).containsExactly(other);
        assertThat(register.lookup(TEXT, NOW)).isInstanceOf(Answer.Known.class);
        assertThat(register.lookup(TEXT + "b", NOW)).isEqualTo(new Answer.Revoked(other));
        register.apply(Facts.of(Project.stream(1, PROJECT), new ProjectClosed(PROJECT, NOW)));
        assertThat(told).startsWith(other).contains(KEY);
    }

    @Test
    void letsTheTextBeforeInUntilTheOverlapIsOver() {
        String next = TEXT + "n";
        apply(issued(1, KEY, TEXT, null));
        apply(new KeyRotated(KEY, hash(next), NOW.plusSeconds(60), NOW));
        assertThat(register.lookup(TEXT, NOW.plusSeconds(59))).isInstanceOf(Answer.Known.class);
        assertThat(register.lookup(TEXT, NOW.plusSeconds(60))).isEqualTo(new Answer.Expired(KEY));
        assertThat(register.bearing(TEXT, NOW.plusSeconds(60))).isEmpty();
        assertThat(register.lookup(next, NOW.plusSeconds(60))).isInstanceOf(Answer.Known.class);
        apply(new KeyRevoked(KEY, NOW));
        assertThat(register.lookup(TEXT, NOW)).isEqualTo(new Answer.Revoked(KEY));
        assertThat(register.lookup(next, NOW)).isEqualTo(new Answer.Revoked(KEY));
    }

    private void apply(KeyEvent event) {
        apply(1, event);
    }

    private void apply(int tenant, KeyEvent event) {
        register.apply(Facts.of(ApiKey.stream(tenant, KEY), (Record) event));
    }

    private void apply(TenantFact fact) {
        apply(fact.tenant(), fact.event());
    }

    private record TenantFact(int tenant, KeyEvent event) {}

    private static TenantFact issued(int tenant, UUID key, String text, @Nullable Instant expires) {
        return new TenantFact(
                tenant,
                new ProjectKeyIssued(
                        key, PROJECT, NAME, hash(text), List.of("m"), expires, new Nanos(5), NOW));
    }

    private static String hash(String text) {
        return Fingerprint.of(text).hex();
    }
}
