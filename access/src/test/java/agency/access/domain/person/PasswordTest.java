package agency.access.domain.person;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hunter2hunt    | has 11 characters; at least 12 are needed",
                "aaaaaaaaaaaabc | must not be made of fewer than 4 different characters",
                "''             | has 0 characters; at least 12 are needed"
            })
    void saysWhatIsWrong(String password, String flaw) {
        assertThat(Password.flaw(password)).contains(flaw);
    }

    @Test
    void takesAnyTwelveCharactersAndNoMoreBytesThanBcryptLooksAt() {
        assertThat(Password.flaw("correct horse")).isEmpty();
        assertThat(Password.flaw("пароль на 12")).isEmpty();
        assertThat(Password.flaw("abcd".repeat(18))).isEmpty();
        assertThat(Password.flaw("abcd".repeat(18) + "e"))
                .contains("has 73 bytes; at most 72 are allowed");
        assertThat(Password.flaw("пароль".repeat(7)))
                .contains("has 84 bytes; at most 72 are allowed");
        assertThat(Password.flaw("correct\nhorse"))
                .contains("must not contain control characters such as line breaks");
    }
}
