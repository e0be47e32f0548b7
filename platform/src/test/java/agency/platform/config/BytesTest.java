package agency.platform.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BytesTest {
    @Test
    void readsUnitsOfTenAndOfTwo() {
        assertThat(Bytes.parse("512").count()).isEqualTo(512);
        assertThat(Bytes.parse("64 KiB").count()).isEqualTo(65_536);
        assertThat(Bytes.parse("1.5GB").count()).isEqualTo(1_500_000_000L);
        assertThat(Bytes.parse("2mib").asInt()).isEqualTo(2 << 20);
    }

    @Test
    void printsTheLargestUnitThatDividesIt() {
        assertThat(new Bytes(64 << 20)).hasToString("64MiB");
        assertThat(new Bytes(1000)).hasToString("1000B");
        assertThat(new Bytes(0)).hasToString("0B");
        assertThat(new Bytes(1L << 50)).hasToString("1024TiB");
    }

    @Test
    void refusesWhatIsNoSize() {
        for (String text : new String[] {"", "x", "-1", "1XB", "99999999999TiB", "0.3B"}) {
            assertThatThrownBy(() -> Bytes.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new Bytes(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Bytes(1L << 31).asInt())
                .isInstanceOf(ArithmeticException.class);
    }
}
