package agency.platform.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HouseTest {
    private final List<String> story = new ArrayList<>();

    private class Recording implements Part {
        private final String name;
        private final List<String> uses;

        Recording(String name, String... uses) {
            this.name = name;
            this.uses = Arrays.asList(uses);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String purpose() {
            return "Records " + name + ".";
        }

        @Override
        public List<String> uses() {
            return uses;
        }

        @Override
        public void start() {
            story.add("+" + name);
        }

        @Override
        public void close() {
            story.add("-" + name);
        }
    }

    @Test
    void startsEachPartAfterThoseItUsesAndClosesInReverse() {
        House house =
                new House(
                        List.of(
                                new Recording("http", "log", "loops"),
                                new Recording("log", "postgres"),
                                new Recording("postgres"),
                                new Recording("loops")));
        house.start();
        assertThat(story).containsExactly("+postgres", "+log", "+loops", "+http");
        assertThat(house.standings()).allMatch(s -> s.state() == House.State.UP);
        house.close();
        house.close();
        assertThat(story.subList(4, 8)).containsExactly("-http", "-loops", "-log", "-postgres");
        assertThat(story).hasSize(8);
        assertThat(house.standings()).allMatch(s -> s.state() == House.State.DOWN);
    }

    @Test
    void closesWhatHadStartedWhenAPartCannotStart() {
        Part broken =
                new Recording("broken", "a") {
                    @Override
                    public void start() {
                        throw Fault.lasting("x.y", "no", java.util.Map.of(), null);
                    }
                };
        House house =
                new House(List.of(new Recording("a"), broken, new Recording("never", "broken")));
        assertThatThrownBy(house::start).isInstanceOf(Fault.class).hasMessage("no");
        assertThat(story).containsExactly("+a", "-broken", "-a");
        assertThat(house.standings().get(1).state()).isEqualTo(House.State.FAILED);
    }

    @Test
    void closesTheOthersWhenOneFailsOrHangs() {
        CountDownLatch never = new CountDownLatch(1);
        Part hanging =
                new Recording("hanging", "a") {
                    @Override
                    public void close() {
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };
        Part failing =
                new Recording("failing", "hanging") {
                    @Override
                    public void close() {
                        throw new IllegalStateException("on purpose");
                    }
                };
        House house =
                new House(List.of(new Recording("a"), hanging, failing), Duration.ofMillis(50));
        house.start();
        house.close();
        assertThat(story).containsExactly("+a", "+hanging", "+failing", "-a");
        assertThat(house.standings().get(1).state()).isEqualTo(House.State.FAILED);
    }

    @Test
    void refusesARingAMissingNameAndANameUsedTwice() {
        assertThatThrownBy(
                        () -> new House(List.of(new Recording("a", "b"), new Recording("b", "a"))))
                .hasMessageContaining("a → b → a");
        assertThatThrownBy(() ->
                        new House(
                                List.of(
                                        new Recording("log", "postgers"),
                                        new Recording("postgres"))))
                .hasMessageContaining("Did you mean postgres?");
        assertThatThrownBy(() -> new House(List.of(new Recording("a"), new Recording("a"))))
                .hasMessageContaining("Two parts are called a");
    }

    @Test
    void printsATableOfItsParts() {
        assertThat(
                        new House(List.of(new Recording("http", "log"), new Recording("log")))
                                .table()
                                .lines())
                .containsExactly(
                        "Part  Uses  What it does",
                        "log         Records log.",
                        "http  log   Records http.");
    }
}
