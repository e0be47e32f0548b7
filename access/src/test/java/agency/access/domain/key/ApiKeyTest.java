package agency.access.domain.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import agency.access.domain.key.KeyCommand.IssueAdministratorKey;
import agency.access.domain.key.KeyCommand.IssueProjectKey;
import agency.access.domain.key.KeyCommand.RevokeKey;
import agency.access.domain.key.KeyEvent.AdministratorKeyIssued;
import agency.access.domain.key.KeyEvent.KeyRevoked;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.key.KeyEvent.RoleKeyIssued;
import agency.access.domain.key.KeyRefusal.BeyondOwn;
import agency.access.domain.key.KeyRefusal.CapNotPositive;
import agency.access.domain.key.KeyRefusal.ExpiryPassed;
import agency.access.domain.key.KeyRefusal.NeverIssued;
import agency.access.domain.key.KeyRefusal.TakenId;
import agency.access.domain.key.KeyRefusal.TooManyModels;
import agency.access.domain.key.KeyRefusal.UnfitModel;
import agency.access.domain.key.KeyRefusal.UnfitName;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.kernel.decision.Spec;
import agency.kernel.fact.Personal;
import agency.kernel.money.Nanos;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ApiKeyTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final UUID KEY = new UUID(7, 1);
    private static final UUID PROJECT = new UUID(7, 2);
    private static final Personal NAME = new Personal(new UUID(7, 3), "billing app");
    private static final String HASH = "ab".repeat(32);
    private static final KeyEvent ISSUED =
            new ProjectKeyIssued(KEY, PROJECT, NAME, HASH, List.of(), null, null, NOW);
    private static final Standing ANALYST = new Standing(Role.ANALYST, null);
    private static final KeyEvent REVOKED = new KeyRevoked(KEY, NOW);

    private final ApiKey key = new ApiKey();

    @Test
    void issuesAProjectKeyWithAllThatItAllows() {
        Instant expires = NOW.plusSeconds(1);
        Spec.of(key)
                .when(
                        new IssueProjectKey(
                                KEY,
                                PROJECT,
                                NAME,
                                HASH,
                                List.of("local/small", "gpt-4.1"),
                                expires,
                                new Nanos(1),
                                NOW))
                .then(
                        new ProjectKeyIssued(
                                KEY,
                                PROJECT,
                                NAME,
                                HASH,
                                List.of("local/small", "gpt-4.1"),
                                expires,
                                new Nanos(1),
                                NOW));
    }

    @Test
    void issuesAnAdministratorKey() {
        Spec.of(key)
                .when(administrator(NAME, HASH, ANALYST.permissions()))
                .then(new RoleKeyIssued(KEY, NAME, Role.ANALYST, null, HASH, null, NOW));
    }

    @Test
    void refusesAKeyThatCouldDoMoreThanWhoeverMakesIt() {
        Set<String> may = new HashSet<>(ANALYST.permissions());
        may.remove("usage.read");
        Spec.of(key)
                .when(administrator(NAME, HASH, may))
                .thenRefused(new BeyondOwn(ANALYST, Set.of("usage.read")));
    }

    @Test
    void takesAKeyFromBeforeThereWereRolesForAFounders() {
        AdministratorKeyIssued before = new AdministratorKeyIssued(KEY, NAME, HASH, null, NOW);
        assertThat(before.standing()).isEqualTo(Standing.FOUNDER);
        Spec.of(key).given(before).when(new RevokeKey(KEY, NOW)).then(REVOKED);
    }

    @Test
    void takesARepeatedCommandForTheSame() {
        Spec.of(key).given(ISSUED).when(issue(List.of(), null, null)).thenNothing();
        Spec.of(key).given(ISSUED, REVOKED).when(issue(List.of(), null, null)).thenNothing();
    }

    @Test
    void refusesAnotherKeyUnderTheSameId() {
        Spec.of(key)
                .given(ISSUED)
                .when(administrator(NAME, "cd".repeat(32), ANALYST.permissions()))
                .thenRefused(new TakenId());
    }

    @Test
    void refusesANameThatSaysNothing() {
        Spec.of(key)
                .when(administrator(new Personal(NAME.person(), ""), HASH, ANALYST.permissions()))
                .thenRefused(new UnfitName("must not be blank"));
    }

    @Test
    void refusesAKeyThatWouldHaveEndedBeforeItBegan() {
        Spec.of(key).when(issue(List.of(), NOW, null)).thenRefused(new ExpiryPassed(NOW, NOW));
    }

    @Test
    void refusesMoreModelsThanAKeyCanBeBoundTo() {
        Spec.of(key)
                .when(issue(Collections.nCopies(101, "m"), null, null))
                .thenRefused(new TooManyModels(101, 100));
    }

    @Test
    void refusesAModelWithoutAUsableNameAndSaysWhichOne() {
        Spec.of(key)
                .when(issue(List.of("good", "two words"), null, null))
                .thenRefused(new UnfitModel(1));
        Spec.of(key)
                .when(issue(List.of("m".repeat(201)), null, null))
                .thenRefused(new UnfitModel(0));
    }

    @Test
    void refusesACapOfNothing() {
        Spec.of(key).when(issue(List.of(), null, Nanos.ZERO)).thenRefused(new CapNotPositive());
    }

    @Test
    void isRevokedOnceAndForEver() {
        Spec.of(key).given(ISSUED).when(new RevokeKey(KEY, NOW)).then(REVOKED);
        Spec.of(key)
                .given(ISSUED, REVOKED)
                .when(new RevokeKey(KEY, NOW.plusSeconds(1)))
                .thenNothing();
    }

    @Test
    void refusesToRevokeWhatWasNeverIssued() {
        Spec.of(key).when(new RevokeKey(KEY, NOW)).thenRefused(new NeverIssued());
    }

    @Test
    void throwsOverAHistoryThatCannotBe() {
        assertThatIllegalStateException().isThrownBy(() -> key.evolve(key.initial(), REVOKED));
        KeyEvent twice = REVOKED;
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        key.evolve(key.evolve(key.evolve(key.initial(), ISSUED), REVOKED), twice));
    }

    private static KeyCommand administrator(Personal name, String hash, Set<String> may) {
        return new IssueAdministratorKey(KEY, name, ANALYST, may, hash, null, NOW);
    }

    private static KeyCommand issue(
            List<String> models, @Nullable Instant expires, @Nullable Nanos cap) {
        return new IssueProjectKey(KEY, PROJECT, NAME, HASH, models, expires, cap, NOW);
    }
}
