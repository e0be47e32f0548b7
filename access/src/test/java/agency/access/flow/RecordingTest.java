package agency.access.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.access.api.KeyDirectory.Answer;
import agency.access.api.Opened;
import agency.access.domain.key.KeyRefusal;
import agency.access.house.MemoryHouse;
import agency.kernel.fact.FactMeta;
import agency.kernel.fault.Fault;
import agency.kernel.metering.Caller;
import agency.platform.log.StreamCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecordingTest {
    private static final FactMeta META = new FactMeta("test", new UUID(0, 1), null);

    private final MemoryHouse house = new MemoryHouse();
    private final Recording recording =
            new Recording(new StreamCommands(house.log), house.live, house.live);
    private final RevokeKey revokeKey = new RevokeKey(recording, house.ticking);

    @Test
    void saysThatARevocationIsNotKnownToHaveReachedEveryInstance() {
        Opened opened = house.open();
        String key = opened.firstKey().orElseThrow().reveal();
        UUID id = caller(key).key();
        house.live.isEverywhere = false;
        assertThatThrownBy(() -> revokeKey.revoke(1, id, META))
                .isInstanceOfSatisfying(
                        Fault.class,
                        fault -> {
                            assertThat(fault.code()).isEqualTo("access.not-everywhere");
                            assertThat(fault.retry()).isEqualTo(Fault.Retry.CAN_HELP);
                        });
        house.live.isEverywhere = true;
        assertThat(revokeKey.revoke(1, id, META)).as("asking again waits again").isEmpty();
        assertThat(lookup(key)).isEqualTo(new Answer.Revoked(id));
    }

    @Test
    void saysThatWhatWasRecordedDoesNotShowYet() {
        house.live.shows = false;
        assertThatThrownBy(house::open)
                .isInstanceOfSatisfying(
                        Fault.class,
                        fault -> assertThat(fault.code()).isEqualTo("access.not-shown"));
    }

    @Test
    void handsOnTheRefusalOfWhatWasNeverIssued() {
        house.open();
        assertThat(revokeKey.revoke(1, new UUID(0, 9), META))
                .contains(new KeyRefusal.NeverIssued());
    }

    @Test
    void revokesOnlyTheKeysOfTheOrganisationThatAsks() {
        String key = house.open().firstKey().orElseThrow().reveal();
        assertThat(revokeKey.revoke(2, caller(key).key(), META))
                .contains(new KeyRefusal.NeverIssued());
        assertThat(lookup(key)).isInstanceOf(Answer.Known.class);
    }

    @Test
    void endsOpenStreamsBeforeTheRevocationReturns() {
        String key = house.open().firstKey().orElseThrow().reveal();
        UUID id = caller(key).key();
        List<UUID> ended = new ArrayList<>();
        try (var listening = house.access.keys().onRevoked(ended::add)) {
            revokeKey.revoke(1, id, META);
            assertThat(ended).containsExactly(id);
        }
    }

    @Test
    void admitsNobodyWhileTheInstanceIsAdrift() {
        String key = house.open().firstKey().orElseThrow().reveal();
        house.live.admits = false;
        assertThat(lookup(key)).isEqualTo(new Answer.Adrift());
    }

    private Answer lookup(String key) {
        return house.access.keys().lookup(key, house.ticking.instant());
    }

    private Caller caller(String key) {
        return ((Answer.Known) lookup(key)).caller();
    }
}
