package agency.kernel.decision;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SpecTest {
    private sealed interface Event {
        record Opened() implements Event {}

        record Closed() implements Event {}
    }

    private enum Command {
        OPEN,
        CLOSE
    }

    private enum Refusal {
        NEVER_OPENED
    }

    /** A door: opens once, closes once, and cannot be closed before it was opened. */
    private static final Decider<Command, String, Event, Refusal> DOOR =
            new Decider<>() {
                @Override
                public String initial() {
                    return "new";
                }

                @Override
                public Decision<Event, Refusal> decide(Command command, String state) {
                    return switch (command) {
                        case OPEN ->
                                state.equals("open")
                                        ? Decision.nothing()
                                        : Decision.accept(new Event.Opened());
                        case CLOSE ->
                                state.equals("open")
                                        ? Decision.accept(new Event.Closed())
                                        : Decision.reject(Refusal.NEVER_OPENED);
                    };
                }

                @Override
                public String evolve(String state, Event event) {
                    return switch (event) {
                        case Event.Opened opened -> "open";
                        case Event.Closed closed -> "closed";
                    };
                }
            };

    @Test
    void keepsQuietWhenThePromiseIsKept() {
        assertThatCode(
                        () -> {
                            Spec.of(DOOR).when(Command.OPEN).then(new Event.Opened());
                            Spec.of(DOOR)
                                    .given(new Event.Opened())
                                    .when(Command.OPEN)
                                    .thenNothing();
                            Spec.of(DOOR)
                                    .given(new Event.Opened())
                                    .when(Command.CLOSE)
                                    .then(new Event.Closed());
                            Spec.of(DOOR).when(Command.CLOSE).thenRefused(Refusal.NEVER_OPENED);
                        })
                .doesNotThrowAnyException();
    }

    @Test
    void objectsToOtherEventsThanThosePromised() {
        assertThatThrownBy(() -> Spec.of(DOOR).when(Command.OPEN).then(new Event.Closed()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Closed")
                .hasMessageContaining("Opened");
    }

    @Test
    void objectsToAnAcceptanceWhereARefusalWasPromised() {
        assertThatThrownBy(() -> Spec.of(DOOR).when(Command.OPEN).thenRefused(Refusal.NEVER_OPENED))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void objectsToARefusalWhereNothingWasPromised() {
        assertThatThrownBy(() -> Spec.of(DOOR).when(Command.CLOSE).thenNothing())
                .isInstanceOf(AssertionError.class);
    }
}
