package agency.kernel.fact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactWordsTest {
    private record Opened(String name) {}

    @Test
    void aStreamLiesInItsOrganisationsPartitionUnlessSaidOtherwise() {
        assertThat(StreamName.of(7, "access.key", "k1"))
                .isEqualTo(new StreamName(7, "access.key", "k1", "tenant/7"));
    }

    @Test
    void aStreamRefusesNamesThatAreEmptyOrTooLong() {
        assertThatThrownBy(() -> StreamName.of(1, "", "k")).hasMessageContaining("category");
        assertThatThrownBy(() -> StreamName.of(1, "c", "k".repeat(201)))
                .hasMessageContaining("200")
                .hasMessageContaining("201");
        assertThatThrownBy(() -> StreamName.of(-1, "c", "k")).hasMessageContaining("tenant");
        assertThatThrownBy(() -> new StreamName(1, "c", "k", "")).hasMessageContaining("partition");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ledger.hold",
                "ledger",
                "ledger.",
                ".hold",
                "ledger..hold",
                "ledger.hold placed"
            })
    void aFactTypeRefusesNamesThatAreNotLowerCaseWordsJoinedByDots(String name) {
        assertThatThrownBy(() -> new FactType<>(name, 1, Opened.class))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFactTypeBeginsAtVersionOne() {
        assertThat(new FactType<>("ledger.usage-by.recorded", 1, Opened.class).name())
                .isEqualTo("ledger.usage-by.recorded");
        assertThatThrownBy(() -> new FactType<>("a.b", 0, Opened.class))
                .hasMessageContaining("begin at 1");
    }

    @Test
    void personalTextIsNeverPrinted() {
        Personal personal = new Personal(new UUID(1, 2), "Anna Example");
        assertThat(personal.toString())
                .doesNotContain("Anna")
                .contains(personal.person().toString());
    }

    @Test
    void aPositionIsWrittenAsLaneValueAndIncarnation() {
        assertThat(new Position(new UUID(0, 1), 2, 30))
                .hasToString("2:30@00000000-0000-0000-0000-000000000001");
    }
}
