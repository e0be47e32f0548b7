package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventLoopsTest {
    @Test
    void makesOneOfAThingPerEventLoop() throws Exception {
        EventLoops loops = new EventLoops(2);
        loops.start();
        AtomicInteger made = new AtomicInteger();
        PerLoop<Integer> own = loops.perLoop(made::incrementAndGet);
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch asked = new CountDownLatch(8);
        for (int i = 0; i < 8; i++) {
            loops.vertx()
                    .runOnContext(nothing -> {
                        seen.add(own.get());
                        assertThat(own.get()).isEqualTo(own.get());
                        asked.countDown();
                    });
        }
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        Set<Integer> visited = ConcurrentHashMap.newKeySet();
        own.each(visited::add);
        assertThat(visited).isEqualTo(seen).hasSize(made.get()).hasSizeBetween(1, 2);
        assertThatThrownBy(own::get).isInstanceOf(IllegalStateException.class);
        assertThat(loops.count()).isEqualTo(2);
        assertThat(loops.purpose()).contains("2 event loops");
        assertThat(loops.uses()).isEmpty();
        loops.close();
    }
}
