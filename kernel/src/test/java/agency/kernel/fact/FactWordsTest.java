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

    private record OpenedV1(String title) {
        OpenedV2 up() {
            return new OpenedV2(title, 1);
        }
    }

    private record OpenedV2(String title, int by) {
        Opened up() {
            return new Opened(title + " by " + by);
        }
    }

    private static final FactType<OpenedV2> SECOND =
            new FactType<>("a.opened", 1, OpenedV1.class).then(OpenedV2.class, OpenedV1::up);
    private static final FactType<Opened> THIRD = SECOND.then(Opened.class, OpenedV2::up);

    @Test
    void aFactOfAnyVersionIsLiftedThroughAllThatFollow() {
        assertThat(THIRD.lift(1, new OpenedV1("x"))).isEqualTo(new Opened("x by 1"));
        assertThat(THIRD.lift(2, new OpenedV2("x", 2))).isEqualTo(new Opened("x by 2"));
        assertThat(THIRD.lift(3, new Opened("x"))).isEqualTo(new Opened("x"));
        assertThat(SECOND.lift(1, new OpenedV1("x"))).isEqualTo(new OpenedV2("x", 1));
        assertThat(THIRD.versions()).extracting(FactType::version).containsExactly(1, 2, 3);
        assertThat(THIRD.versions()).extracting(FactType::name).containsOnly("a.opened");
    }

    @Test
    void aVersionThatIsNotKnownIsNeverTakenForAnother() {
        assertThatThrownBy(() -> THIRD.lift(4, new Opened("x"))).hasMessageContaining("version 4");
        assertThatThrownBy(() -> SECOND.lift(0, new Opened("x"))).hasMessageContaining("version 0");
        assertThatThrownBy(() ->
                        new FactType<>("a.opened", 3, Opened.class).lift(1, new OpenedV1("x")))
                .hasMessageContaining("version 1");
        assertThatThrownBy(() -> THIRD.lift(1, new OpenedV2("x", 2)))
                .isInstanceOf(ClassCastException.class);
    }

    @Test
    void betweenTwoVersionsNoneIsLeftOut() {
        assertThatThrownBy(() ->
                        new FactType<>(
                                "a.opened",
                                3,
                                Opened.class,
                                new FactType.Before<>(
                                        new FactType<>("a.opened", 1, OpenedV1.class),
                                        old -> new Opened(old.title()))))
                .hasMessageContaining("stands version 2");
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
