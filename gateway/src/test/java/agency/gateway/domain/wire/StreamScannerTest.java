package agency.gateway.domain.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.metering.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamScannerTest {
    private static final long SEED = Long.getLong("seed", 20261121L);
    private static final String FIRST =
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    private static final String TEXT =
            "data: {\"choices\":[{\"delta\":{\"content\":\"Héllo \\\"usage\\\":{"
                    + " \"}}],\"usage\":null}\n\n";
    private static final String CALL =
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":"
                    + "\"{\\\"a\\\":\"}}]},\"finish_reason\":null}]}\n\n";
    private static final String THOUGHT =
            "data: {\"choices\":[{\"delta\":{\"reasoning_content\" : \"hm\"}}]}\n\n";
    private static final String FINISH =
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String COMMENT = ": keep-alive\n\n";
    private static final String USAGE =
            "data: {\"choices\": [ ],\"usage\": {\"prompt_tokens\":5,\"completion_tokens\":4,"
                    + "\"completion_tokens_details\":{\"reasoning_tokens\":2}}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final String ALL =
            FIRST + TEXT + COMMENT + CALL + THOUGHT + FINISH + USAGE + DONE;

    private static String take(StreamScanner scanner, byte[] bytes, int... cuts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int from = 0;
        for (int i = 0; i <= cuts.length; i++) {
            int to = i < cuts.length ? cuts[i] : bytes.length;
            scanner.take(bytes, from, to, (b, f, t) -> out.write(b, f, t - f));
            from = to;
        }
        return out.toString(UTF_8);
    }

    private static void sees(StreamScanner scanner) {
        assertThat(scanner.done()).isTrue();
        assertThat(scanner.finished()).isTrue();
        assertThat(scanner.garbage()).isNull();
        assertThat(scanner.error()).isNull();
        assertThat(scanner.usage()).isEqualTo(new TokenUsage(5, 4, 0, 2));
        assertThat(scanner.tokens()).isEqualTo(7);
    }

    @Test
    void saysTheSameWhereverTheBytesAreCut() {
        byte[] bytes = ALL.getBytes(UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            StreamScanner scanner = new StreamScanner(false);
            assertThat(take(scanner, bytes, cut)).isEqualTo(ALL.replace(USAGE, ""));
            sees(scanner);
        }
    }

    @Test
    void saysTheSameByteByByteAndAtRandom() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        for (String newline : new String[] {"\n", "\r\n"}) {
            String all = ALL.replace("\n", newline);
            byte[] bytes = all.getBytes(UTF_8);
            for (int i = 0; i < 300; i++) {
                int[] cuts =
                        i == 0
                                ? java.util.stream.IntStream.range(1, bytes.length).toArray()
                                : random.ints(random.nextInt(20), 0, bytes.length)
                                        .sorted()
                                        .toArray();
                StreamScanner scanner = new StreamScanner(true);
                assertThat(take(scanner, bytes, cuts)).isEqualTo(all);
                sees(scanner);
            }
        }
    }

    @Test
    void letsAUsageThatComesWithAChoiceThrough() {
        String last =
                "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n";
        StreamScanner scanner = new StreamScanner(false);
        assertThat(take(scanner, last.getBytes(UTF_8))).isEqualTo(last);
        assertThat(scanner.usage()).isEqualTo(new TokenUsage(1, 1, 0, 0));
    }

    @Test
    void nothingComesOutBehindTheEnd() {
        StreamScanner scanner = new StreamScanner(false);
        assertThat(take(scanner, (TEXT + DONE + DONE + TEXT).getBytes(UTF_8)))
                .isEqualTo(TEXT + DONE);
        assertThat(take(scanner, TEXT.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void keepsAnErrorBackAndTellsIt() {
        StreamScanner scanner = new StreamScanner(false);
        String error = "{\"error\":{\"message\":\"no\"}}";
        assertThat(take(scanner, (TEXT + "data: " + error + "\n\n" + TEXT).getBytes(UTF_8)))
                .isEqualTo(TEXT);
        assertThat(scanner.error()).asString(UTF_8).isEqualTo(error);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"a\":1\n\n",
                "data: nonsense\n\n",
                "data:\n\n",
                "<html>\n\n",
                "data: [1]\n\n",
                "xdata: {}\n\n"
            })
    void tellsGarbage(String event) {
        StreamScanner scanner = new StreamScanner(false);
        assertThat(take(scanner, (TEXT + event + TEXT).getBytes(UTF_8))).isEqualTo(TEXT);
        assertThat(scanner.garbage()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "event: ping\n\n",
                "id: 7\nretry: 3\ndata: {}\n\n",
                "\n\n",
                "data:{\"a\":1}\n\n"
            })
    void letsTheOtherLinesOfAStreamThrough(String event) {
        StreamScanner scanner = new StreamScanner(false);
        assertThat(take(scanner, event.getBytes(UTF_8))).isEqualTo(event);
        assertThat(scanner.garbage()).isNull();
    }

    @Test
    void boundsAnEvent() {
        StreamScanner scanner = new StreamScanner(false);
        byte[] endless = "data: {\"a\":\"".concat("x".repeat(600_000)).getBytes(UTF_8);
        assertThat(take(scanner, endless)).isEmpty();
        assertThat(scanner.garbage()).isNull();
        assertThat(take(scanner, "x".repeat(600_000).getBytes(UTF_8))).isEmpty();
        assertThat(scanner.garbage()).contains("bytes");
    }

    @Test
    void doesNotBelieveAUsageThatCannotBe() {
        for (String lie :
                new String[] {
                    "{\"prompt_tokens\":-1}",
                    "{\"prompt_tokens\":\"9\"}",
                    "{\"completion_tokens\":3}",
                    "{\"prompt_tokens\":99999999999999999999}"
                }) {
            StreamScanner scanner = new StreamScanner(true);
            take(scanner, ("data: {\"choices\":[],\"usage\":" + lie + "}}\n\n").getBytes(UTF_8));
            assertThat(scanner.usage()).as(lie).isNull();
        }
    }

    @Test
    void readsTheWordsOfOtherVendorsForUsage() {
        assertThat(usage("{\"prompt_tokens\":9,\"prompt_cache_hit_tokens\":4,\"x\":[1]}"))
                .isEqualTo(new TokenUsage(9, 0, 4, 0));
        assertThat(
                        usage(
                                "{\"prompt_tokens\":9,\"completion_tokens\":null,"
                                        + "\"prompt_tokens_details\":null,"
                                        + "\"completion_tokens_details\":{\"a\":1}}"))
                .isEqualTo(new TokenUsage(9, 0, 0, 0));
        assertThat(
                        usage(
                                "{\"prompt_tokens\":2,\"prompt_tokens_details\":"
                                        + "{\"audio\":1,\"cached_tokens\":5}}"))
                .isEqualTo(new TokenUsage(2, 0, 2, 0));
    }

    private static TokenUsage usage(String json) {
        byte[] bytes = json.getBytes(UTF_8);
        return UsageReader.read(bytes, 0, bytes.length);
    }
}
