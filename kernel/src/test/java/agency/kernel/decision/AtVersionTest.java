package agency.kernel.decision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AtVersionTest {
    /** Adds numbers and never refuses. */
    private static final class Adding implements Decider<Integer, Integer, Integer, String> {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public Decision<Integer, String> decide(Integer command, Integer state) {
            return Decision.accept(state + command);
        }

        @Override
        public Integer evolve(Integer state, Integer event) {
            return event;
        }
    }

    @Test
    void decidesWhileNothingElseHasHappened() {
        Spec.of(AtVersion.of(new Adding(), 2, "changed")).given(1, 2).when(5).then(7);
    }

    @Test
    void refusesOnceItHas() {
        Spec.of(AtVersion.of(new Adding(), 2, "changed"))
                .given(1, 2, 3)
                .when(5)
                .thenRefused("changed");
        Spec.of(AtVersion.of(new Adding(), 2, "changed")).given(1).when(5).thenRefused("changed");
    }

    @Test
    void countsTheEventsThatCount() {
        Spec.of(AtVersion.of(new Adding(), event -> event > 10, 1, "changed"))
                .given(1, 20, 2)
                .when(5)
                .then(7);
    }

    @Test
    void isTheDeciderItselfWhenNothingIsExpected() {
        Adding adding = new Adding();
        assertThat(AtVersion.of(adding, null, "changed")).isSameAs(adding);
    }
}
