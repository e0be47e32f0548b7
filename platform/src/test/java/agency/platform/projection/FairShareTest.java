package agency.platform.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FairShareTest {
    private static FairShare.Row row(int number, String owner, boolean leased) {
        return new FairShare.Row(0, number, 1, 0, owner, leased);
    }

    private static List<Integer> numbers(List<FairShare.Row> rows) {
        return rows.stream().map(FairShare.Row::number).toList();
    }

    @Test
    void aNewcomerWaitsUntilTheOthersHaveGivenBackWhatIsItsPart() {
        List<FairShare.Row> rows =
                List.of(row(0, "a", true), row(1, "a", true), row(2, "a", true), row(3, "a", true));
        FairShare.Plan old = FairShare.of("a", List.of("a", "b"), rows);
        assertThat(numbers(old.keep())).containsExactly(0, 1);
        assertThat(numbers(old.give())).containsExactly(2, 3);
        FairShare.Plan newcomer = FairShare.of("b", List.of("a", "b"), rows);
        assertThat(newcomer.take()).isEmpty();
    }

    @Test
    void whatNobodyHoldsIsTakenAndOnesOwnIsKeptThoughItsLeaseRanOut() {
        List<FairShare.Row> rows =
                List.of(row(0, null, false), row(1, "gone", false), row(2, "a", false));
        FairShare.Plan plan = FairShare.of("a", List.of("a"), rows);
        assertThat(numbers(plan.keep())).containsExactly(2);
        assertThat(numbers(plan.take())).containsExactly(0, 1);
    }

    @Test
    void whoIsNoFeederIsRefused() {
        assertThatThrownBy(() -> FairShare.of("x", List.of("a"), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** However feeders come and go, a few rounds later each shard has one owner, evenly. */
    @Test
    void comesToAnEvenSharingFromAnyState() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int shards = 1 + random.nextInt(12);
            List<String> feeders =
                    List.of("a", "b", "c", "d", "e").subList(0, 1 + random.nextInt(5));
            List<FairShare.Row> rows = new ArrayList<>();
            for (int i = 0; i < shards; i++) {
                boolean leased = random.nextBoolean();
                rows.add(row(i, feeders.get(random.nextInt(feeders.size())), leased));
            }
            for (int round = 0; round < 2 * feeders.size(); round++) {
                String self = feeders.get(round % feeders.size());
                FairShare.Plan plan = FairShare.of(self, feeders, rows);
                plan.give()
                        .forEach(given ->
                                rows.set(given.number(), row(given.number(), null, false)));
                plan.keep()
                        .forEach(kept -> rows.set(kept.number(), row(kept.number(), self, true)));
                plan.take().forEach(got -> rows.set(got.number(), row(got.number(), self, true)));
            }
            Map<String, Integer> owned = new HashMap<>();
            rows.forEach(row -> owned.merge(String.valueOf(row.owner()), 1, Integer::sum));
            assertThat(owned.keySet()).as("seed " + seed).isSubsetOf(feeders);
            int least = shards / feeders.size();
            assertThat(owned.values())
                    .as("seed " + seed)
                    .allMatch(count -> count == least || count == least + 1);
        }
    }
}
