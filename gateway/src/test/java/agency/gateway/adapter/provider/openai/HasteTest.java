package agency.gateway.adapter.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HasteTest {
    private static final long LOOK = 2_000_000;

    private final Haste haste = new Haste();
    private long now = 1;

    private void looks(int times, long lateNanos) {
        for (int i = 0; i < times; i++) {
            now += LOOK + lateNanos;
            haste.look(now, lateNanos);
        }
    }

    @Test
    void whoIsInTimeReadsEverythingAsItComes() {
        looks(10_000, 100_000);
        assertThat(haste.restMs()).isZero();
    }

    @Test
    void oneLongTurnIsNotBeingLate() {
        looks(100, 0);
        looks(1, 15_000_000);
        looks(100, 0);
        assertThat(haste.restMs()).isZero();
    }

    @Test
    void restsAreLongerTheLongerTheLoopIsLateAndHaveAnEnd() {
        looks(4, 8_000_000);
        int soon = haste.restMs();
        looks(100, 8_000_000);
        assertThat(soon).isBetween(1, Haste.MOST_MS - 1);
        assertThat(haste.restMs()).isEqualTo(Haste.MOST_MS);
    }

    @Test
    void restsStayWhileThereIsLittleTime() {
        looks(100, 8_000_000);
        looks(5_000, 1_000_000);
        assertThat(haste.restMs()).isEqualTo(Haste.MOST_MS);
    }

    @Test
    void restsEndSlowlyOnceThereIsTimeAgain() {
        looks(100, 8_000_000);
        looks(260, 0);
        assertThat(haste.restMs()).isBetween(Haste.MOST_MS - 6, Haste.MOST_MS - 1);
        looks(300 * Haste.MOST_MS, 0);
        assertThat(haste.restMs()).isZero();
    }

    @Test
    void aClockThatLooksTooEarlyIsNotLate() {
        looks(100, -2_000_000);
        assertThat(haste.restMs()).isZero();
    }
}
