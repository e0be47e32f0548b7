package agency.access.domain.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoleTableTest {
    @Test
    void allowsWhoeverOpenedTheInstallationEverything() {
        assertThat(Standing.FOUNDER.permissions()).isEqualTo(RoleTable.names());
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void letsNobodyInTheOrganisationHaveWhatItsOwnerHasNotButWatching(Role role) {
        assertThat(new Standing(role, null).beyond(owner())).isSubsetOf("installation.read");
    }

    @Test
    void letsAnOwnerDoMoreThanAnyOther() {
        assertThat(Arrays.stream(Role.values()).filter(role -> role != Role.OWNER))
                .allSatisfy(role ->
                        assertThat(
                                        new Standing(Role.OWNER, null)
                                                .beyond(new Standing(role, null).permissions()))
                                .contains("events.read"));
    }

    @Test
    void leavesTheInstallationToItsOwnRoles() {
        assertThat(owner())
                .doesNotContain("providers.write", "prices.write", "models.write", "events.verify");
        assertThat(new Standing(Role.VIEWER, InstallationRole.AUDITOR).permissions())
                .contains("events.verify", "requests.read")
                .noneMatch(name -> name.endsWith(".write") && !name.equals("sessions.write"));
    }

    @Test
    void saysWhatOneHasThatAnotherLacksByName() {
        assertThat(
                        new Standing(Role.DEVELOPER, null)
                                .beyond(new Standing(Role.VIEWER, null).permissions()))
                .containsExactly(
                        "keys.write", "providers.read", "requests.read", "service-accounts.write");
        assertThat(Standing.FOUNDER).hasToString("owner and installation operator");
        assertThat(new Standing(Role.ANALYST, null)).hasToString("analyst");
    }

    private static Set<String> owner() {
        return new Standing(Role.OWNER, null).permissions();
    }
}
