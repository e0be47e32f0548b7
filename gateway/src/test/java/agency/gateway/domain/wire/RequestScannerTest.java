package agency.gateway.domain.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RequestScannerTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long SEED = Long.getLong("seed", 20261121L);

    private static WireRequest well(String body) {
        Scanned scanned = RequestScanner.scan(body.getBytes(UTF_8));
        assertThat(scanned).as(body).isInstanceOf(Scanned.Well.class);
        return ((Scanned.Well) scanned).request();
    }

    private static Scanned.Malformed bad(byte[] body) {
        Scanned scanned = RequestScanner.scan(body);
        assertThat(scanned).as(new String(body, UTF_8)).isInstanceOf(Scanned.Malformed.class);
        return (Scanned.Malformed) scanned;
    }

    private static String rewritten(String body, String model, boolean asksUsage) {
        return new String(
                Splice.forProvider(body.getBytes(UTF_8), well(body), model, asksUsage), UTF_8);
    }

    @Test
    void findsWhatMatters() {
        WireRequest request =
                well(
                        """
                        {"model":"m","stream":true,"stream_options":{"include_usage":true},"n":3,
                         "max_tokens":7,"max_completion_tokens":9,"messages":[{"role":"user",
                         "content":[{"type":"text","text":"Hello"},
                         {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
                         {"role":"user","content":"x"}],"unknown":[[1.5e3,null,true]]}\
                        """);
        assertThat(request.model()).isEqualTo("m");
        assertThat(request.stream()).isTrue();
        assertThat(request.tellUsage()).isTrue();
        assertThat(request.choices()).isEqualTo(3);
        assertThat(request.maxTokens()).isEqualTo(9);
        assertThat(request.messages()).isEqualTo(2);
        assertThat(request.images()).isEqualTo(1);
        assertThat(request.textBytes()).isEqualTo("usertextHelloimage_urluserx".length());
    }

    @Test
    void leavesImagesOutOfTheBytesThatMakeTokens() {
        String one = "{\"model\":\"m\",\"messages\":[{\"image_url\":{\"url\":\"%s\"}}]}";
        assertThat(well(String.format(one, "a".repeat(100_000))).bytes())
                .isEqualTo(well(String.format(one, "a")).bytes());
    }

    @Test
    void aTextThatEndsTooEarlyIsNotCalledAWrongType() {
        for (String cut : new String[] {"{\"model\":", "{\"model\":\"m\",\"stream_options\": "}) {
            Scanned.Malformed bad = bad(cut.getBytes(UTF_8));
            assertThat(bad.what()).contains("the text ends here");
            assertThat(bad.field()).as("a fault of the text, not of a field").isEmpty();
        }
    }

    @Test
    void takesNullForAbsent() {
        WireRequest request =
                well("{\"model\":\"m\",\"stream\":null,\"max_tokens\":null,\"n\":null}");
        assertThat(request.stream()).isFalse();
        assertThat(request.maxTokens()).isEqualTo(-1);
        assertThat(request.choices()).isEqualTo(1);
    }

    @Test
    void countsASingleInputAsOne() {
        assertThat(well("{\"model\":\"m\",\"input\":\"text\"}").messages()).isEqualTo(1);
        assertThat(well("{\"model\":\"m\",\"input\":[\"a\",\"b\"]}").messages()).isEqualTo(2);
    }

    @Test
    void readsAnEscapedNameAsTheNameItIs() {
        assertThat(well("{\"mod\\u0065l\":\"\\u0061\\n\\t\\r\\b\\f\\/\\\\\\\"é\"}").model())
                .isEqualTo("a\n\t\r\b\f/\\\"é");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"model":"m",}|1|14
                    {"model":"m" "a":1}|1|14
                    {"model":"m","a":01}|1|18
                    {"model":"m","a":1.}|1|20
                    {"model":"m","a":1e}|1|20
                    {"model":"m","a":-}|1|18
                    {"model":"m","a":tru}|1|21
                    {"model":"m","a":nul|1|21
                    {"model":"m","a":"\\x"}|1|20
                    {"model":"m","a":"\\u12g4"}|1|23
                    {"model":"m","a":"\\|1|20
                    {"model":"m","a":"\\u1|1|22
                    {"model":"m","a":"abc|1|22
                    {"model":"m","a":[1 2]}|1|21
                    {"model":"m","a":{1:2}}|1|19
                    {"model":"m","a":{"b" 2}}|1|23
                    {"model":"m"} x|1|15
                    {"model":"m"|1|13
                    {model:"m"}|1|2
                    [1]|1|1
                    ~~|1|1
                    """)
    void saysLineAndColumnOfBadJson(String body, int line, int column) {
        Scanned.Malformed bad = bad((body == null ? "" : body).getBytes(UTF_8));
        assertThat(bad.field()).isEmpty();
        assertThat(bad.line()).isEqualTo(line);
        assertThat(bad.column()).as(body + ": " + bad.what()).isEqualTo(column);
        assertThat(bad.what()).isNotBlank();
    }

    @Test
    void countsLinesAndCharactersNotBytes() {
        Scanned.Malformed bad = bad("{\n \"é\": \"日本\", oh}".getBytes(UTF_8));
        assertThat(bad.line()).isEqualTo(2);
        assertThat(bad.column()).isEqualTo(13);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":5}|model",
                "{\"messages\":[]}|model",
                "{\"model\":\"m\",\"model\":\"n\"}|model",
                "{\"model\":\"m\",\"stream\":1}|stream",
                "{\"model\":\"m\",\"stream\":true,\"stream\":false}|stream",
                "{\"model\":\"m\",\"n\":0}|n",
                "{\"model\":\"m\",\"n\":129}|n",
                "{\"model\":\"m\",\"n\":\"1\"}|n",
                "{\"model\":\"m\",\"max_tokens\":1.5}|max_tokens",
                "{\"model\":\"m\",\"max_tokens\":-1}|max_tokens",
                "{\"model\":\"m\",\"max_tokens\":10000000000000000000}|max_tokens",
                "{\"model\":\"m\",\"stream_options\":[]}|stream_options",
                "{\"model\":\"m\",\"stream_options\":{\"include_usage\":3}}|include_usage",
            })
    void namesTheFieldThatIsWrong(String bodyAndField) {
        String[] parts = bodyAndField.split("\\|");
        Scanned.Malformed bad = bad(parts[0].getBytes(UTF_8));
        assertThat(bad.field()).isEqualTo(parts[1]);
    }

    @Test
    void boundsNesting() {
        String deep = "[".repeat(JsonCursor.MAX_DEPTH) + "]".repeat(JsonCursor.MAX_DEPTH);
        assertThat(bad(("{\"model\":\"m\",\"a\":" + deep + "}").getBytes(UTF_8)).what())
                .contains("nested");
        String fits = "[".repeat(JsonCursor.MAX_DEPTH - 1) + "]".repeat(JsonCursor.MAX_DEPTH - 1);
        assertThat(well("{\"model\":\"m\",\"a\":" + fits + "}").model()).isEqualTo("m");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c3",
                "c328",
                "80",
                "e080af",
                "eda080",
                "f08080af",
                "f4908080",
                "ff",
                "f09f98"
            })
    void refusesWhatIsNotUtf8(String hex) {
        byte[] start = "{\"model\":\"".getBytes(UTF_8);
        byte[] odd = java.util.HexFormat.of().parseHex(hex);
        byte[] body = new byte[start.length + odd.length + 2];
        System.arraycopy(start, 0, body, 0, start.length);
        System.arraycopy(odd, 0, body, start.length, odd.length);
        body[body.length - 2] = '"';
        body[body.length - 1] = '}';
        assertThat(bad(body).what()).contains("UTF-8");
    }

    @Test
    void refusesControlCharactersInStrings() {
        assertThat(bad("{\"model\":\"a\nb\"}".getBytes(UTF_8)).what()).contains("control");
    }

    @Test
    void rewritesNothingButTheModelAndTheStreamsOptions() {
        System.out.println("seed " + SEED);
        RandomJson chance = new RandomJson(SEED);
        for (int i = 0; i < 3_000; i++) {
            boolean stream = i % 2 == 0;
            String model = "m" + chance.word();
            String body = chance.request(model, stream);
            WireRequest request = well(body);
            assertThat(request.model()).isEqualTo(model);
            assertThat(request.stream()).isEqualTo(stream);

            ObjectNode before = (ObjectNode) JSON.readTree(body);
            JsonNode options = before.path("stream_options");
            assertThat(request.tellUsage())
                    .isEqualTo(options.path("include_usage").asBoolean(false));

            ObjectNode asked = (ObjectNode) JSON.readTree(rewritten(body, "näw \"m\"", true));
            ObjectNode expected = before.deepCopy();
            expected.put("model", "näw \"m\"");
            if (stream) {
                ObjectNode with =
                        options.isObject()
                                ? (ObjectNode) options.deepCopy()
                                : JSON.createObjectNode();
                with.put("include_usage", true);
                expected.set("stream_options", with);
            }
            assertThat((JsonNode) asked).as(body).isEqualTo(expected);

            ObjectNode unasked = (ObjectNode) JSON.readTree(rewritten(body, model, false));
            if (before.has("stream_options")) before.putNull("stream_options");
            assertThat((JsonNode) unasked).as(body).isEqualTo(before);
        }
    }

    @Test
    void agreesWithAnotherParserOnWhatIsJson() {
        System.out.println("seed " + SEED);
        RandomJson chance = new RandomJson(SEED + 1);
        java.util.Random random = new java.util.Random(SEED + 2);
        JsonMapper strict =
                JsonMapper.builder()
                        .enable(
                                tools.jackson.databind.DeserializationFeature
                                        .FAIL_ON_TRAILING_TOKENS)
                        .build();
        int broken = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] body = chance.request("m", false).getBytes(UTF_8);
            int at = random.nextInt(body.length);
            body[at] = "{}[]:,\"\\x1 ".getBytes(UTF_8)[random.nextInt(11)];
            boolean json;
            try {
                json = strict.readTree(body).isObject();
            } catch (tools.jackson.core.JacksonException e) {
                json = false;
            }
            Scanned scanned = RequestScanner.scan(body);
            // A field of the wrong type ends the reading: what follows is not looked at.
            if (scanned instanceof Scanned.Malformed m && !m.field().isEmpty()) continue;
            assertThat(scanned instanceof Scanned.Well).as(new String(body, UTF_8)).isEqualTo(json);
            if (!json) broken++;
        }
        assertThat(broken).isGreaterThan(500);
    }

    @Test
    void givesBackTheVeryBytesWhenNothingChanges() {
        byte[] body = "{\"model\":\"m\"}".getBytes(UTF_8);
        assertThat(Splice.forProvider(body, well("{\"model\":\"m\"}"), "m", true)).isSameAs(body);
    }

    @Test
    void quotesControlCharacters() {
        assertThat(Splice.quoted("a\u0001\"\\")).isEqualTo("\"a\\u0001\\\"\\\\\"");
    }
}
