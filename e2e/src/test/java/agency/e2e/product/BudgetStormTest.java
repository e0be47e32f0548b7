package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import agency.bench.budgets.BudgetStorm;
import agency.bench.upstream.ScriptedUpstream;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Fault test F16 on the whole program; the long form is {@code ./agency bench budgets}. */
class BudgetStormTest {
    @Test
    void nothingIsOverspentThoughProcessesAndTheDatabaseAreKilled() throws Exception {
        long seed = new SplittableRandom().nextLong(1_000_000);
        try (ScriptedUpstream upstream = ScriptedUpstream.usual()) {
            BudgetStorm.Outcome came =
                    new BudgetStorm(
                                    new BudgetStorm.Plan(3, 8, 24, 250, 4_000, true, 40_000),
                                    AgencyFixture.folder("budgets"),
                                    upstream.start(0),
                                    seed)
                            .run();
            assertThat(came.overspent()).as("seed %d", seed).isEmpty();
            assertThat(came.wronglyBooked()).as("seed %d", seed).isEmpty();
            assertThat(came.kills()).as("seed %d", seed).isPositive();
            assertThat(came.refused()).as("seed %d", seed).isPositive();
            assertThat(came.whole()).as("the log is whole, seed %d", seed).isTrue();
            assertThat(came.accounts())
                    .as("stranded, seed %d", seed)
                    .allSatisfy(one -> assertThat(one.asideAtTheEnd()).isZero());
        }
    }
}
