package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import agency.bench.accounting.AccountingRun;
import agency.bench.accounting.Reckoning;
import agency.bench.product.StartedAgency;
import agency.bench.upstream.ScriptedUpstream;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Both sets of books agree to the token; the long form is {@code ./agency bench accounting}. */
class AccountingTest {

    private static final int REQUESTS = 1_500;
    private static final int CALLERS = 24;
    private static final int KILLS = 2;

    @Test
    void theBooksAgreeAfterCallersThatLeaveAndTwoKills() throws Exception {
        long seed = new SplittableRandom().nextLong(1_000_000);
        try (ScriptedUpstream upstream = ScriptedUpstream.usual()) {
            int upstreamPort = upstream.start(0);
            try (StartedAgency agency =
                    StartedAgency.on(
                            AgencyFixture.folder("accounting").resolve("data"), Map.of())) {
                agency.connect(
                        "scripted", "http://127.0.0.1:" + upstreamPort + "/v1", "sk-upstream");
                AccountingRun run =
                        new AccountingRun(
                                agency,
                                agency.createKey("accounting"),
                                REQUESTS,
                                CALLERS,
                                KILLS,
                                seed);
                Reckoning reckoning = run.run(upstreamPort);
                assertThat(reckoning.discrepancies())
                        .as("seed " + seed + ", callers saw " + run.outcomes() + ", " + reckoning)
                        .isEmpty();
                assertThat(reckoning.reported()).isGreaterThan(REQUESTS / 2);
                assertThat(reckoning.estimated()).isPositive();
            }
        }
    }
}
