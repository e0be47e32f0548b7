package agency.access.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.access.api.AccessSettings;
import agency.access.api.KeyDirectory.Answer;
import agency.access.api.Opened;
import agency.access.domain.role.RoleTable;
import agency.access.house.DyingCommands;
import agency.access.house.MemoryHouse;
import agency.kernel.fault.Fault;
import agency.kernel.metering.Caller;
import agency.kernel.money.Nanos;
import agency.platform.crypto.Secret;
import agency.platform.http.Authenticator;
import agency.platform.http.Permission;
import agency.platform.log.StreamCommands;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenInstallationTest {
    /** Organisation, person, project, profile key, first key. */
    private static final int FACTS = 6;

    private final MemoryHouse house = new MemoryHouse();

    @Test
    void givesAnAdministratorsKeyAndAProjectsFirstKeyWithASmallCap() {
        Opened opened = house.open();
        Authenticator.Principal administrator =
                house.access
                        .authenticator()
                        .bearer(opened.profile().orElseThrow().reveal(), "127.0.0.1");
        assertThat(administrator).isNotNull();
        assertThat(administrator.permissions())
                .extracting(Permission::name)
                .containsExactlyInAnyOrderElementsOf(RoleTable.names());
        String firstKey = opened.firstKey().orElseThrow().reveal();
        assertThat(firstKey).matches("sk-agency-[A-Za-z0-9_-]{43}");
        assertThat(opened.profile().orElseThrow().reveal())
                .matches("sk-agency-admin-[A-Za-z0-9_-]{43}");
        assertThat(house.access.keys().lookup(firstKey, house.ticking.instant()))
                .isInstanceOfSatisfying(
                        Answer.Known.class,
                        known -> {
                            assertThat(house.access.keyCap(known.caller().key()))
                                    .isEqualTo(new Nanos(1_000_000_000));
                            assertThat(known.models()).isEmpty();
                            Caller caller = known.caller();
                            assertThat(caller.tenant()).isEqualTo(opened.organisation());
                            assertThat(caller.project()).isEqualTo(opened.project());
                        });
    }

    @Test
    void changesNothingAtTheNextStart() {
        Opened first = house.open();
        long head = house.log.head(0).value();
        Opened again = house.restarted().open(first.profile().orElseThrow());
        assertThat(again.profile()).isEmpty();
        assertThat(again.firstKey()).isEmpty();
        assertThat(again.project()).isEqualTo(first.project());
        assertThat(again.administrator()).isEqualTo(first.administrator());
        assertThat(house.log.head(0).value()).isEqualTo(head).isEqualTo(FACTS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void finishesWhatACrashLeftUndone(int recordedBeforeTheCrash) {
        MemoryHouse dying =
                house.restarted(
                        new DyingCommands(new StreamCommands(house.log), recordedBeforeTheCrash));
        assertThatThrownBy(dying::open).isInstanceOf(DyingCommands.Died.class);
        assertThat(house.log.head(0).value()).isEqualTo(recordedBeforeTheCrash);

        MemoryHouse next = house.restarted();
        Opened opened = next.open();
        assertThat(opened.profile()).as("an administrator can always get in").isPresent();
        assertThat(
                        next.access
                                .authenticator()
                                .bearer(opened.profile().orElseThrow().reveal(), "127.0.0.1"))
                .isNotNull();
        // The key that was issued just before the crash is lost with the process; it is never
        // issued twice.
        assertThat(opened.firstKey().isPresent()).isEqualTo(recordedBeforeTheCrash < FACTS);
        assertThat(next.restarted().open(opened.profile().orElseThrow()))
                .isEqualTo(
                        new Opened(
                                opened.organisation(),
                                opened.project(),
                                opened.administrator(),
                                java.util.Optional.empty(),
                                java.util.Optional.empty()));
    }

    @Test
    void givesANewAdministratorsKeyForAProfileThatNoLongerLetsIn() {
        Opened first = house.open();
        assertThat(house.restarted().open().profile()).as("lost").isPresent();
        assertThat(house.restarted().open(Secret.of("sk-agency-admin-wrong")).profile())
                .as("garbled")
                .isPresent();
        assertThat(house.restarted().open(first.firstKey().orElseThrow()).profile())
                .as("a project's key")
                .isPresent();
    }

    @Test
    void keepsTheNamesOfTheFirstStart() {
        house.open();
        AccessSettings other =
                new AccessSettings("Other", "Other", "Other", "2", Duration.ofHours(1));
        long head = house.log.head(0).value();
        assertThat(house.restarted(other).open().firstKey()).isEmpty();
        assertThat(house.log.head(0).value()).isEqualTo(head + 1);
    }

    @Test
    void saysWhichSectionHoldsANameThatCannotBeUsed() {
        AccessSettings unnamed = new AccessSettings(" ", "p", "a", "1", Duration.ofHours(1));
        assertThatThrownBy(() -> house.restarted(unnamed).open())
                .isInstanceOfSatisfying(
                        Fault.class,
                        fault -> assertThat(fault.code()).isEqualTo("access.unfit-name"))
                .hasMessageContaining("access")
                .hasMessageContaining("must not be blank");
    }
}
