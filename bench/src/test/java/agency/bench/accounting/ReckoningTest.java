package agency.bench.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The comparison must find every way in which books can be wrong, or its silence proves nothing.
 */
class ReckoningTest {

    private static Served served(String id, long prompt, long completion) {
        return new Served(
                id,
                id,
                prompt,
                completion,
                OptionalLong.of(prompt),
                OptionalLong.of(completion),
                "complete");
    }

    private static Served silent(String id, String end) {
        return new Served(id, id, 5, 9, OptionalLong.empty(), OptionalLong.empty(), end);
    }

    private static Entry entry(String providerId, String usageClass, long input, long output) {
        return new Entry("r", providerId, usageClass, input, output);
    }

    private final List<Served> served =
            List.of(served("a", 5, 11), served("b", 7, 3), silent("c", "left"));
    private final List<Entry> books =
            List.of(
                    entry("a", "reported", 5, 11),
                    entry("b", "reported", 7, 3),
                    entry("c", "estimated", 5, 8));

    private List<String> compared(List<Entry> entries) {
        return Reckoning.of(served, entries, Set.of("a"), 0).discrepancies();
    }

    private List<String> with(int place, Entry entry) {
        List<Entry> changed = new ArrayList<>(books);
        changed.set(place, entry);
        return compared(changed);
    }

    @Test
    void agreesWithHonestBooks() {
        Reckoning reckoning = Reckoning.of(served, books, Set.of("a"), 0);
        assertThat(reckoning.discrepancies()).isEmpty();
        assertThat(reckoning.reportedInput()).isEqualTo(12);
        assertThat(reckoning.reportedOutput()).isEqualTo(14);
        assertThat(reckoning.reported()).isEqualTo(2);
        assertThat(reckoning.estimated()).isEqualTo(1);
    }

    @Test
    void findsATokenTooFewOrTooMany() {
        assertThat(with(0, entry("a", "reported", 5, 10))).hasSize(1);
        assertThat(with(0, entry("a", "reported", 6, 11))).hasSize(1);
    }

    @Test
    void findsARequestBookedTwiceAndOneThatIsMissing() {
        assertThat(with(2, entry("a", "reported", 5, 11)))
                .anyMatch(s -> s.startsWith("booked twice"));
        assertThat(compared(books.subList(0, 2))).anyMatch(s -> s.startsWith("missing"));
        assertThat(compared(books.subList(1, 3))).anyMatch(s -> s.startsWith("missing"));
    }

    @Test
    void findsAReportThatNobodyMade() {
        assertThat(with(2, entry("c", "reported", 5, 9))).hasSize(1);
        assertThat(with(2, entry("nobody", "reported", 5, 9))).isNotEmpty();
    }

    @Test
    void findsAnEstimateBeyondAnyBound() {
        assertThat(with(2, entry("c", "estimated", 5, 1_000_000))).hasSize(1);
        assertThat(with(2, entry("c", "assumed", -1, 8))).hasSize(1);
    }

    @Test
    void findsSumsThatAreNotTheSumOfTheList() {
        var json = new tools.jackson.databind.json.JsonMapper();
        String sums =
                "{\"reported\":{\"attempts\":2,\"input_tokens\":12,\"output_tokens\":%d},"
                        + "\"estimated\":{\"attempts\":1}}";
        Reckoning reckoning = Reckoning.of(served, books, Set.of("a"), 0);
        assertThat(reckoning.against(json.readTree(sums.formatted(14))).discrepancies()).isEmpty();
        assertThat(reckoning.against(json.readTree(sums.formatted(15))).discrepancies()).hasSize(1);
    }

    @Test
    void allowsNamelessEntriesForCompleteAnswersOnlyAsManyAsKillsExplain() {
        List<Entry> killed =
                List.of(entry("a", "reported", 5, 11), entry("", "assumed", 9, 400), books.get(2));
        assertThat(Reckoning.of(served, killed, Set.of("a", "b"), 1).discrepancies()).isEmpty();
        assertThat(Reckoning.of(served, killed, Set.of("a", "b"), 0).discrepancies()).hasSize(1);
    }
}
