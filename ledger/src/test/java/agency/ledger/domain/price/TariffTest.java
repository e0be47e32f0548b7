package agency.ledger.domain.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class TariffTest {
    private static final Price FULL =
            new Price(
                    new Rate(5, List.of(new Rate.Tier(10, 6), new Rate.Tier(20, 7))),
                    Rate.flat(8),
                    Rate.flat(1),
                    null,
                    new Rate(0, List.of(new Rate.Tier(1, 2))),
                    Rate.flat(3),
                    null,
                    99);

    @Test
    void readsBackWhatItWrote() {
        PriceVersion version =
                new PriceVersion("2026-08-21/a/b#1", "someone", LocalDate.of(2026, 8, 21), FULL);
        Tariff read = Tariff.read(Tariff.of("openai", "gpt-4o", version).written());
        assertThat(read.provider()).isEqualTo("openai");
        assertThat(read.model()).isEqualTo("gpt-4o");
        assertThat(read.version()).isEqualTo(version);
    }

    @Test
    void keepsUnpricedApartFromFree() {
        assertThat(Tariff.read(Tariff.of("x", "y", null).written()).version()).isNull();
        PriceVersion free = new PriceVersion("rule/x", "rule", LocalDate.EPOCH, Price.FREE);
        assertThat(Tariff.read(Tariff.of("x", "y", free).written()).version()).isEqualTo(free);
    }

    @Test
    void cutsAndCleansNames() {
        Tariff tariff = Tariff.of("a\tb\nc", "é" + "m".repeat(500), null);
        assertThat(tariff.provider()).isEqualTo("a?b?c");
        assertThat(tariff.model()).hasSize(Tariff.MAX_NAME).startsWith("ém");
        assertThat(Tariff.read(tariff.written()).model()).isEqualTo(tariff.model());
        assertThat(new PriceVersion("i".repeat(300), "s", LocalDate.EPOCH, FULL).id())
                .hasSize(PriceVersion.MAX_ID);
    }

    @Test
    void refusesBytesThatAreNone() {
        for (String bad :
                List.of(
                        "a",
                        "a\tb\tc",
                        "a\tb\tc\td\t2026-01-01\t1;2",
                        "a\tb\tc\td\t2026-01-01\t;2;;;;;;0",
                        "a\tb\tc\td\t2026-01-01\t1,x;2;;;;;;0")) {
            assertThatThrownBy(() -> Tariff.read(bad.getBytes(StandardCharsets.UTF_8)))
                    .as(bad)
                    .isInstanceOfAny(
                            IllegalArgumentException.class, IndexOutOfBoundsException.class);
        }
    }
}
