package agency.kernel.name;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KNOWN = List.of("server.port", "server.host", "data");

    @Test
    void countsASwapOfNeighboursAsOneMistake() {
        assertThat(Nearest.distance("prot", "port")).isEqualTo(1);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("same", "same")).isZero();
    }

    @Test
    void suggestsTheNearestName() {
        assertThat(Nearest.to("server.prot", KNOWN)).contains("server.port");
        assertThat(Nearest.to("SERVER.HOST", KNOWN)).contains("server.host");
        assertThat(Nearest.hint("dta", KNOWN)).isEqualTo(" Did you mean data?");
    }

    @Test
    void staysSilentWhenNothingIsNear() {
        assertThat(Nearest.to("completely-different", KNOWN)).isEmpty();
        assertThat(Nearest.hint("completely-different", KNOWN)).isEmpty();
    }

    @Test
    void findsANameThatContainsWhatWasTyped() {
        assertThat(Nearest.among("gpt-4o", List.of("openai/gpt-4o-mini-2024", "o3"), 3))
                .containsExactly("openai/gpt-4o-mini-2024");
    }

    @Test
    void comparesOnlyTheBeginningOfAHugeName() {
        assertThat(Nearest.to("x".repeat(1_000_000), KNOWN)).isEmpty();
    }

    @Test
    void listsNearestFirstAndNoMoreThanAsked() {
        assertThat(Nearest.among("server.hort", KNOWN, 2))
                .containsExactly("server.host", "server.port");
        assertThat(Nearest.among("server.hort", KNOWN, 1)).hasSize(1);
    }
}
