package agency.access.domain.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import agency.access.domain.key.KeyCommand.ChangeKey;
import agency.access.domain.key.KeyCommand.IssueAdministratorKey;
import agency.access.domain.key.KeyCommand.IssueProjectKey;
import agency.access.domain.key.KeyCommand.RevokeKey;
import agency.access.domain.key.KeyCommand.RotateKey;
import agency.access.domain.key.KeyEvent.AdministratorKeyIssued;
import agency.access.domain.key.KeyEvent.KeyAssigned;
import agency.access.domain.key.KeyEvent.KeyExpirySet;
import agency.access.domain.key.KeyEvent.KeyModelsSet;
import agency.access.domain.key.KeyEvent.KeyNetworksSet;
import agency.access.domain.key.KeyEvent.KeyRenamed;
import agency.access.domain.key.KeyEvent.KeyRevoked;
import agency.access.domain.key.KeyEvent.KeyRotated;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.key.KeyEvent.RoleKeyIssued;
import agency.access.domain.key.KeyRefusal.AlreadyRevoked;
import agency.access.domain.key.KeyRefusal.BeyondOwn;
import agency.access.domain.key.KeyRefusal.CapNotPositive;
import agency.access.domain.key.KeyRefusal.ExpiryPassed;
import agency.access.domain.key.KeyRefusal.NeverIssued;
import agency.access.domain.key.KeyRefusal.NoModels;
import agency.access.domain.key.KeyRefusal.TakenId;
import agency.access.domain.key.KeyRefusal.TooManyModels;
import agency.access.domain.key.KeyRefusal.TooManyNetworks;
import agency.access.domain.key.KeyRefusal.UnfitModel;
import agency.access.domain.key.KeyRefusal.UnfitName;
import agency.access.domain.key.KeyRefusal.UnfitNetwork;
import agency.access.domain.key.KeyRefusal.UnfitOverlap;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.kernel.decision.Spec;
import agency.kernel.fact.Personal;
import agency.kernel.money.Nanos;
import java.time.Duration;
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
                                List.of(),
                                null,
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
        return new IssueAdministratorKey(KEY, name, ANALYST, may, hash, null, List.of(), NOW);
    }

    private static KeyCommand issue(
            List<String> models, @Nullable Instant expires, @Nullable Nanos cap) {
        return new IssueProjectKey(
                KEY, PROJECT, NAME, HASH, models, expires, cap, List.of(), null, NOW);
    }

    @Test
    void issuesAKeyThatIsBoundToNetworksAndAnAccount() {
        UUID account = new UUID(7, 5);
        Spec.of(key)
                .when(
                        new IssueProjectKey(
                                KEY,
                                PROJECT,
                                NAME,
                                HASH,
                                List.of(),
                                null,
                                null,
                                List.of("10.1.2.3/8", "::1"),
                                account,
                                NOW))
                .then(
                        ISSUED,
                        new KeyNetworksSet(KEY, List.of("10.0.0.0/8", "0:0:0:0:0:0:0:1/128"), NOW),
                        new KeyAssigned(KEY, account, NOW));
    }

    @Test
    void changesWhatIsAskedForAndNothingElse() {
        Personal other = new Personal(NAME.person(), "other");
        Instant later = NOW.plusSeconds(9);
        Spec.of(key)
                .given(ISSUED)
                .when(
                        new ChangeKey(
                                KEY,
                                other,
                                List.of("m"),
                                new KeyCommand.Expiry(later),
                                List.of("10.0.0.0/8"),
                                Set.of(),
                                NOW))
                .then(
                        new KeyRenamed(KEY, other, NOW),
                        new KeyModelsSet(KEY, List.of("m"), NOW),
                        new KeyExpirySet(KEY, later, NOW),
                        new KeyNetworksSet(KEY, List.of("10.0.0.0/8"), NOW));
        Spec.of(key)
                .given(ISSUED)
                .when(
                        new ChangeKey(
                                KEY,
                                NAME,
                                List.of(),
                                new KeyCommand.Expiry(null),
                                List.of(),
                                Set.of(),
                                NOW))
                .thenNothing();
        Spec.of(key)
                .given(ISSUED, new KeyExpirySet(KEY, later, NOW))
                .when(change(null, new KeyCommand.Expiry(null), null))
                .then(new KeyExpirySet(KEY, null, NOW));
        Spec.of(key).given(ISSUED).when(change(null, null, null)).thenNothing();
    }

    @Test
    void refusesAChangeThatCannotBe() {
        Spec.of(key)
                .given(ISSUED)
                .when(change(List.of("two words"), null, null))
                .thenRefused(new UnfitModel(0));
        Spec.of(key)
                .given(ISSUED)
                .when(change(null, new KeyCommand.Expiry(NOW), null))
                .thenRefused(new ExpiryPassed(NOW, NOW));
        Spec.of(key)
                .given(ISSUED)
                .when(change(null, null, Collections.nCopies(51, "10.0.0.0/8")))
                .thenRefused(new TooManyNetworks(51, 50));
        Spec.of(key)
                .given(ISSUED)
                .when(change(null, null, List.of("10.0.0.0/8", "acme.example")))
                .thenRefused(
                        new UnfitNetwork(
                                1,
                                "must be an address range such as 10.0.0.0/8 or fd00::/8, not"
                                        + " `acme.example`"));
        Spec.of(key)
                .given(ISSUED, REVOKED)
                .when(change(null, null, null))
                .thenRefused(new AlreadyRevoked());
        Spec.of(key).when(change(null, null, null)).thenRefused(new NeverIssued());
    }

    @Test
    void letsNobodyChangeAKeyThatMayMoreThanHe() {
        KeyEvent issued = new RoleKeyIssued(KEY, NAME, Role.ANALYST, null, HASH, null, NOW);
        BeyondOwn beyond = new BeyondOwn(ANALYST, ANALYST.permissions());
        Spec.of(key).given(issued).when(change(null, null, null)).thenRefused(beyond);
        Spec.of(key).given(issued).when(rotate("cd", Duration.ZERO)).thenRefused(beyond);
        Spec.of(key)
                .given(issued)
                .when(
                        new ChangeKey(
                                KEY, null, List.of("m"), null, null, ANALYST.permissions(), NOW))
                .thenRefused(new NoModels());
    }

    @Test
    void getsAnotherTextBesideWhichTheOldOneLastsForAWhile() {
        Duration week = ApiKey.MAX_OVERLAP;
        Spec.of(key)
                .given(ISSUED)
                .when(rotate("cd", week))
                .then(new KeyRotated(KEY, "cd".repeat(32), NOW.plus(week), NOW));
        Spec.of(key)
                .given(ISSUED, new KeyRotated(KEY, "cd".repeat(32), NOW, NOW))
                .when(rotate("cd", week))
                .thenNothing();
        for (Duration unfit : List.of(week.plusNanos(1), Duration.ofNanos(-1))) {
            Spec.of(key)
                    .given(ISSUED)
                    .when(rotate("cd", unfit))
                    .thenRefused(new UnfitOverlap(week));
        }
        Spec.of(key)
                .given(ISSUED, REVOKED)
                .when(rotate("cd", week))
                .thenRefused(new AlreadyRevoked());
        Spec.of(key).when(rotate("cd", week)).thenRefused(new NeverIssued());
    }

    @Test
    void belongsToItsAccountAndKeepsItsFirstTextForRepeatedCommands() {
        KeyTerms terms =
                KeyTerms.of((KeyEvent.Issued) ISSUED)
                        .after(new KeyAssigned(KEY, PROJECT, NOW))
                        .after(new KeyRotated(KEY, "cd".repeat(32), NOW, NOW));
        assertThat(terms.account()).isEqualTo(PROJECT);
        assertThat(terms.overlap()).isEqualTo(new KeyTerms.Overlap(HASH, NOW));
        Spec.of(key)
                .given(ISSUED, new KeyRotated(KEY, "cd".repeat(32), NOW, NOW))
                .when(issue(List.of(), null, null))
                .thenNothing();
    }

    private static KeyCommand change(
            @Nullable List<String> models,
            KeyCommand.@Nullable Expiry expiry,
            @Nullable List<String> networks) {
        return new ChangeKey(KEY, null, models, expiry, networks, Set.of(), NOW);
    }

    private static KeyCommand rotate(String hash, Duration overlap) {
        return new RotateKey(KEY, hash.repeat(32), overlap, Set.of(), NOW);
    }
}
