package agency.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineChecksTest {
    @TempDir private Path data;

    @Test
    void everyFindingIsGoodOrComesWithItsFix() {
        assertThat(
                        new MachineChecks(data.resolve("not-there-yet"), "127.0.0.1", 0, false)
                                .findings())
                .hasSize(5)
                .allSatisfy(finding ->
                        assertThat(finding.state() == Finding.State.GOOD)
                                .isEqualTo(finding.fix().isEmpty()));
    }

    @Test
    void anOldJavaIsBad() {
        assertThat(MachineChecks.java(21).state()).isEqualTo(Finding.State.BAD);
        assertThat(MachineChecks.java(21).fix()).contains("25");
        assertThat(MachineChecks.java(25).state()).isEqualTo(Finding.State.GOOD);
    }

    @Test
    void littleDiskIsAWarningAndNearlyNoneIsBad() {
        assertThat(MachineChecks.disk(10_000_000_000L, data).state()).isEqualTo(Finding.State.GOOD);
        assertThat(MachineChecks.disk(1_000_000_000L, data).state())
                .isEqualTo(Finding.State.WARNING);
        assertThat(MachineChecks.disk(1_000_000L, data).state()).isEqualTo(Finding.State.BAD);
    }

    @Test
    void littleMemoryIsAWarningAndNearlyNoneIsBad() {
        assertThat(MachineChecks.memory(4_000_000_000L).state()).isEqualTo(Finding.State.GOOD);
        assertThat(MachineChecks.memory(800_000_000L).state()).isEqualTo(Finding.State.WARNING);
        assertThat(MachineChecks.memory(100_000_000L).state()).isEqualTo(Finding.State.BAD);
    }

    @Test
    void aBusyPortIsBadUnlessThisAgencyHoldsIt() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(
                            new MachineChecks(data, "127.0.0.1", other.getLocalPort(), false)
                                    .port()
                                    .state())
                    .isEqualTo(Finding.State.BAD);
            assertThat(
                            new MachineChecks(data, "127.0.0.1", other.getLocalPort(), true)
                                    .port()
                                    .state())
                    .isEqualTo(Finding.State.GOOD);
        }
    }

    @Test
    void aClockBeforeTheBuildIsBad() {
        Instant built = Instant.parse("2026-11-21T00:00:00Z");
        assertThat(MachineChecks.clock(Instant.parse("1970-01-01T00:01:00Z"), built).state())
                .isEqualTo(Finding.State.BAD);
        assertThat(MachineChecks.clock(Instant.parse("2026-12-01T00:00:00Z"), built).state())
                .isEqualTo(Finding.State.GOOD);
    }
}
