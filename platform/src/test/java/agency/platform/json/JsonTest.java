package agency.platform.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.platform.crypto.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {
    enum Colour {
        RED,
        GREEN
    }

    record Inner(int requestsPerMinute) {
        Inner {
            if (requestsPerMinute < 0) {
                throw new IllegalArgumentException("requests_per_minute must be 0 or more");
            }
        }
    }

    record Sample(
            String displayName,
            int count,
            @Nullable String note,
            Optional<String> label,
            @Nullable Instant at,
            @Nullable Colour colour,
            @Nullable Inner limits,
            List<UUID> ids) {}

    record Sealed(Secret apiKey) {}

    private static final String WHOLE =
            """
            {"display_name":"a","count":3,"label":"x","at":"2026-01-31T12:00:00Z","colour":"RED",
             "limits":{"requests_per_minute":5},"ids":["00000000-0000-0000-0000-000000000001"]}
            """;

    private static <T> T read(String json, Class<T> type) {
        return Json.read(json.getBytes(StandardCharsets.UTF_8), type);
    }

    private static void refuses(String json, BadJson.Kind kind, String... says) {
        assertThatThrownBy(() -> read(json, Sample.class))
                .isInstanceOfSatisfying(BadJson.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContainingAll(says);
    }

    @Test
    void readsAndWritesSnakeCaseIsoMomentsAndLeavesOutWhatIsNull() {
        Sample sample = read(WHOLE, Sample.class);
        assertThat(sample.displayName()).isEqualTo("a");
        assertThat(sample.note()).isNull();
        assertThat(sample.label()).contains("x");
        assertThat(Json.text(sample))
                .isEqualTo(WHOLE.replace("\n", "").replace(" \"limits", "\"limits"));
        assertThat(Json.text(Map.of("d", Duration.ofSeconds(90)))).isEqualTo("{\"d\":\"PT1M30S\"}");
        assertThat(new String(Json.write(List.of(1)), StandardCharsets.UTF_8)).isEqualTo("[1]");
    }

    @Test
    void refusesAnUnknownFieldWithASuggestionAndItsPlace() {
        refuses(
                WHOLE.replace("\"count\"", "\"cuont\""),
                BadJson.Kind.UNKNOWN_FIELD,
                "`cuont`",
                "Did you mean count?",
                "line 1, column");
        refuses(
                WHOLE.replace("requests_per_minute", "zzz"),
                BadJson.Kind.UNKNOWN_FIELD,
                "`limits.zzz`",
                "Known here: requests_per_minute");
    }

    @Test
    void refusesAMissingOrNullField() {
        refuses(
                "{\"display_name\":\"a\",\"ids\":[]}",
                BadJson.Kind.MISSING_FIELD,
                "`count` is missing");
        refuses(
                WHOLE.replace("\"a\"", "null"),
                BadJson.Kind.MISSING_FIELD,
                "`display_name` must not be null");
        refuses(
                WHOLE.replace("{\"requests_per_minute\":5}", "{}"),
                BadJson.Kind.MISSING_FIELD,
                "`limits.requests_per_minute` is missing");
        assertThatThrownBy(() -> read("null", Sample.class)).isInstanceOf(BadJson.class);
    }

    @Test
    void refusesAValueOfTheWrongTypeAndSaysWhichIsRight() {
        refuses(
                WHOLE.replace("3", "\"3\""),
                BadJson.Kind.WRONG_VALUE,
                "`count` must be a whole number");
        refuses(
                WHOLE.replace("3", "3.5"),
                BadJson.Kind.WRONG_VALUE,
                "`count` must be a whole number");
        refuses(
                WHOLE.replace("3", "99999999999"),
                BadJson.Kind.WRONG_VALUE,
                "`count` must be a whole number");
        refuses(WHOLE.replace("RED", "BLUE"), BadJson.Kind.WRONG_VALUE, "`colour`", "RED, GREEN");
        refuses(
                WHOLE.replace("0000001\"", "x\""),
                BadJson.Kind.WRONG_VALUE,
                "`ids[0]` must be a UUID");
        refuses(
                WHOLE.replace("2026-01", "2026-13"),
                BadJson.Kind.WRONG_VALUE,
                "`at` must be a moment");
        refuses(
                WHOLE.replace("\"a\"", "5"),
                BadJson.Kind.WRONG_VALUE,
                "`display_name` must be a text");
        refuses("[]", BadJson.Kind.WRONG_VALUE, "must be an object");
    }

    @Test
    void repeatsTheSentenceOfARecordThatRefuses() {
        refuses(
                WHOLE.replace("5}", "-5}"),
                BadJson.Kind.WRONG_VALUE,
                "requests_per_minute must be 0 or more");
    }

    @Test
    void refusesWhatIsNotJsonWithLineAndColumn() {
        assertThatThrownBy(() -> read("{\n  \"count\": 3,\n  oops\n}", Sample.class))
                .isInstanceOfSatisfying(
                        BadJson.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(BadJson.Kind.SYNTAX);
                            assertThat(e.line()).isEqualTo(3);
                            assertThat(e.column()).isPositive();
                        });
        refuses("", BadJson.Kind.SYNTAX, "only nothing");
        refuses(WHOLE + "{}", BadJson.Kind.SYNTAX, "after the end");
        refuses(
                WHOLE.replace("\"count\":3", "\"count\":3,\"count\":4"),
                BadJson.Kind.SYNTAX,
                "count");
    }

    @Test
    void refusesWhatIsTooDeepOrTooLong() {
        assertThatThrownBy(() -> read("[".repeat(65) + "]".repeat(65), Object.class))
                .isInstanceOf(BadJson.class);
        assertThatThrownBy(() -> read("\"" + "x".repeat(Json.MAX_STRING + 1) + "\"", String.class))
                .isInstanceOf(BadJson.class);
        assertThatThrownBy(() -> read("1".repeat(65), java.math.BigInteger.class))
                .isInstanceOf(BadJson.class);
    }

    @Test
    void readsASecretAndNeverWritesIt() {
        Sealed sealed = read("{\"api_key\":\"sk-1\"}", Sealed.class);
        assertThat(sealed.apiKey().reveal()).isEqualTo("sk-1");
        assertThat(Json.text(sealed)).doesNotContain("sk-1");
        assertThatThrownBy(() -> read("{\"api_key\":7}", Sealed.class))
                .hasMessageContaining("`api_key` must be a text");
    }

    @Test
    void neverRepeatsTheValueItRefuses() {
        assertThatThrownBy(() -> read(WHOLE.replace("3", "\"sk-hidden\""), Sample.class))
                .hasMessageNotContaining("sk-hidden");
    }
}
