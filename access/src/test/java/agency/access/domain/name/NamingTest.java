package agency.access.domain.name;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NamingTest {
    @Test
    void allowsOneLineInAnyScript() {
        assertThat(Naming.flaw("Abrechnung – 請求")).isEmpty();
        assertThat(Naming.flaw("x".repeat(Naming.MAX_LENGTH))).isEmpty();
    }

    @Test
    void refusesWhatSaysNothing() {
        assertThat(Naming.flaw("")).contains("must not be blank");
        assertThat(Naming.flaw(" \t")).contains("must not be blank");
    }

    @Test
    void refusesWhatIsTooLongAndSaysHowLongItMayBe() {
        assertThat(Naming.flaw("x".repeat(101)))
                .contains("has 101 characters; at most 100 are allowed");
    }

    @Test
    void refusesWhatWouldBreakALine() {
        assertThat(Naming.flaw("a\nb")).get().asString().contains("control characters");
        assertThat(Naming.flaw("a\u001b[31mb")).get().asString().contains("control characters");
    }

    @Test
    void refusesSpaceAround() {
        assertThat(Naming.flaw(" a")).get().asString().contains("begin or end with a space");
    }
}
