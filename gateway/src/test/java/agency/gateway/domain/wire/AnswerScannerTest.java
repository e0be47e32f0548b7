package agency.gateway.domain.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.metering.TokenUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerScannerTest {
    private static AnswerScanner scan(String answer, int cut) {
        byte[] bytes = answer.getBytes(UTF_8);
        AnswerScanner scanner = new AnswerScanner();
        scanner.take(bytes, 0, cut);
        scanner.take(bytes, cut, bytes.length);
        return scanner;
    }

    @Test
    void readsTheUsageWhereverTheBytesAreCut() {
        String answer =
                " {\"id\":\"\\\"usage\\\":{\",\"a\":{\"usage\":{\"prompt_tokens\":1}},\"b\":[\"usage\"],\"usage\""
                    + " : {\"prompt_tokens\":7,\"completion_tokens\":3,\"x\":\"}\\\"\"},\"usage2\":5}"
                    + " \n";
        for (int cut = 0; cut <= answer.getBytes(UTF_8).length; cut++) {
            AnswerScanner scanner = scan(answer, cut);
            assertThat(scanner.whole()).isTrue();
            assertThat(scanner.broken()).isFalse();
            assertThat(scanner.usage()).isEqualTo(new TokenUsage(7, 3, 0, 0));
        }
    }

    @Test
    void readsTheUsageAtTheEnd() {
        assertThat(scan("{\"data\":[],\"usage\":{\"prompt_tokens\":8}}", 5).usage())
                .isEqualTo(new TokenUsage(8, 0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"a\":[1,2}", "{\"a\":\"", "{\"a\":{}"})
    void tellsWhatIsNotWhole(String answer) {
        assertThat(scan(answer, 0).whole()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "[1]", "{}{", "{}}", "x", "{} y"})
    void tellsWhatCannotBecomeAnObject(String answer) {
        assertThat(scan(answer, 0).broken()).isTrue();
    }

    @Test
    void saysNothingOfAUsageThatIsNotThere() {
        assertThat(
                        scan("{\"usag\":{\"prompt_tokens\":8},\"usagee\":1,\"us\\u0061ge\":2}", 3)
                                .usage())
                .isNull();
    }

    @Test
    void boundsTheUsageItKeeps() {
        String long_ = "{\"usage\":{\"x\":\"" + "y".repeat(AnswerScanner.MAX_USAGE_BYTES) + "\"}}";
        AnswerScanner scanner = scan(long_, 100);
        assertThat(scanner.whole()).isTrue();
        assertThat(scanner.usage()).isNull();
    }
}
