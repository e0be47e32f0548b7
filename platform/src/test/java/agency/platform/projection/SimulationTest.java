package agency.platform.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many histories of processes on one database, each from a seed. {@code -Dagency.simulations=N}
 * lives more of them, {@code -Dagency.seed=S} begins at another one; {@code agency bench simulate}
 * does both.
 */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("agency.simulations", 300);
    private static final long FROM = Long.getLong("agency.seed", 1);

    @Test
    void nothingGoesWrongInAnyHistory() throws Exception {
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            assertThat(new Simulation(seed, Simulation.Without.NOTHING).run())
                    .as("seed " + seed)
                    .isEmpty();
        }
        System.out.println(
                "simulated " + SEEDS + " histories, seeds " + FROM + " to " + (FROM + SEEDS - 1));
    }

    @Test
    void oneSeedIsOneHistory() throws Exception {
        for (long seed = 1; seed < 40; seed++) {
            List<String> once = new Simulation(seed, Simulation.Without.THE_FENCE).run();
            assertThat(new Simulation(seed, Simulation.Without.THE_FENCE).run()).isEqualTo(once);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NOTHING", mode = EnumSource.Mode.EXCLUDE)
    void withoutAProtectionSomeHistoryGoesWrong(Simulation.Without without) throws Exception {
        for (long seed = 1; seed <= 1_000; seed++) {
            List<String> wrong = new Simulation(seed, without).run();
            if (!wrong.isEmpty()) {
                System.out.println("without " + without + ": seed " + seed + ", " + wrong.get(0));
                return;
            }
        }
        throw new AssertionError("nothing went wrong without " + without);
    }
}
