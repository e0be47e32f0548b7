package agency.ledger.domain.cap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CapCellTest {
    @Test
    void holdsUpToTheCapAndNoFurther() {
        CapCell cell = new CapCell(40);
        cell.cap(100);
        assertThat(cell.hold(60)).isTrue();
        assertThat(cell.hold(1)).isFalse();
        assertThat(cell.left()).isZero();
        assertThat(cell.held()).isEqualTo(60);
        cell.settle(60, 10);
        assertThat(cell.posted()).isEqualTo(50);
        assertThat(cell.held()).isZero();
        assertThat(cell.left()).isEqualTo(50);
    }

    @Test
    void refusesEverythingOnceMoreWasUsedThanHeld() {
        CapCell cell = new CapCell(0);
        cell.cap(100);
        assertThat(cell.hold(10)).isTrue();
        cell.settle(10, 500);
        assertThat(cell.hold(1)).isFalse();
        assertThat(cell.left()).isZero();
        assertThat(cell.hold(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void holdsAnythingWithoutACap() {
        CapCell cell = new CapCell(7);
        assertThat(cell.capped()).isFalse();
        assertThat(cell.hold(1_000_000)).isTrue();
        cell.cap(3);
        assertThat(cell.capped()).isTrue();
        assertThat(cell.cap()).isEqualTo(3);
        assertThat(cell.hold(0)).as("over it already").isFalse();
    }

    @Test
    void isNeverOverdrawnByManyAtOnce() {
        CapCell cell = new CapCell(0);
        cell.cap(1_000_000);
        AtomicLong granted = new AtomicLong();
        IntStream.range(0, 8)
                .parallel()
                .forEach(any -> {
                    for (int i = 0; i < 100_000; i++) {
                        if (cell.hold(7)) {
                            granted.addAndGet(7);
                        }
                    }
                });
        assertThat(granted.get()).isEqualTo(1_000_000 / 7 * 7).isEqualTo(cell.held());
    }
}
