package agency.gateway.adapter.provider.local.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private static final UUID ANNA = new UUID(0, 1);
    private static final UUID BEN = new UUID(0, 2);

    @Test
    void servesCallersInTurn() throws Exception {
        FairQueue<String> queue = new FairQueue<>(10, 10);
        queue.offer(ANNA, "a1");
        queue.offer(ANNA, "a2");
        queue.offer(ANNA, "a3");
        queue.offer(BEN, "b1");
        queue.offer(BEN, "b2");
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            order.append(queue.take(0)).append(' ');
        }
        assertThat(order.toString()).isEqualTo("a1 b1 a2 b2 a3 ");
        assertThat(queue.take(0)).isNull();
    }

    @Test
    void boundsAllAndEach() {
        FairQueue<String> queue = new FairQueue<>(3, 2);
        assertThat(queue.offer(ANNA, "1")).isTrue();
        assertThat(queue.offer(ANNA, "2")).isTrue();
        assertThat(queue.offer(ANNA, "3")).isFalse();
        assertThat(queue.offer(BEN, "4")).isTrue();
        assertThat(queue.offer(BEN, "5")).isFalse();
        assertThat(queue.remove(ANNA, "1")).isTrue();
        assertThat(queue.remove(ANNA, "1")).isFalse();
        assertThat(queue.offer(BEN, "5")).isTrue();
        assertThat(queue.size()).isEqualTo(3);
    }

    @Test
    void letsAWaitingTakerGoWhenItIsWoken() throws Exception {
        FairQueue<String> queue = new FairQueue<>(3, 2);
        CountDownLatch gone = new CountDownLatch(1);
        Thread taker =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                queue.take(60_000);
                                gone.countDown();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        while (gone.getCount() > 0) {
            queue.wake();
            Thread.yield();
        }
        taker.join();
    }
}
