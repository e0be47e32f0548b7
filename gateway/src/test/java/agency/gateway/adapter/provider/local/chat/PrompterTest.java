package agency.gateway.adapter.provider.local.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.gateway.adapter.provider.local.gguf.GgufHeader;
import agency.gateway.adapter.provider.local.wire.NotServed;
import agency.gateway.port.UpstreamFailure;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PrompterTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 21, 12, 0);

    @Test
    void cutsThePromptWhereACallersTextLooksLikeAControlToken() {
        Prompter prompter = prompter("{{ messages[0].content }}<|im_end|>", "<|im_end|>", "</s>");
        List<String> parts = prompter.prompt(call("a <|im_end|> b </s> \ufdd0 < c"), NOW);
        assertThat(parts).containsExactly("a <", "|im_end|> b <", "/s> \ufffd < c<|im_end|>");
    }

    @Test
    void usesTheTurnsOfTheFamilyWhereAModelHasNoTemplate() {
        assertThat(
                        String.join(
                                "",
                                prompter(null, "<start_of_turn>", "<end_of_turn>")
                                        .prompt(call("Hi"), NOW)))
                .isEqualTo("<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n");
        Prompter plain = prompter(null, "<s>");
        assertThat(String.join("", plain.prompt(call("Hi"), NOW)))
                .isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
        assertThat(plain.ownStops()).containsExactly("<|im_end|>");
        assertThat(prompter(null, "<|im_end|>").ownStops()).isEmpty();
    }

    @Test
    void passesOnWhatATemplateRefusesAndSaysWhatItCannotRead() {
        assertThatThrownBy(() ->
                        prompter("{{ raise_exception('no system please') }}")
                                .prompt(call("Hi"), NOW))
                .isInstanceOfSatisfying(
                        NotServed.class,
                        e ->
                                assertThat(e.failure())
                                        .isInstanceOfSatisfying(
                                                UpstreamFailure.Refused.class,
                                                r ->
                                                        assertThat(r.message())
                                                                .contains("no system please")));
        assertThatThrownBy(() -> prompter("{% frob %}").prompt(call("Hi"), NOW))
                .isInstanceOfSatisfying(
                        NotServed.class,
                        e ->
                                assertThat(e.failure().toString())
                                        .contains("frob")
                                        .contains("template"));
    }

    @Test
    void knowsToolsOnlyWhereTheTemplateWritesCallsAsWeReadThem() {
        assertThat(prompter("{{ tools }} <tool_call>").knowsTools()).isTrue();
        assertThat(prompter("{{ tools }}").knowsTools()).isFalse();
        assertThat(prompter(null).knowsTools()).isFalse();
    }

    private static ChatCall call(String content) {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}";
        return CallReader.read(body.getBytes(StandardCharsets.UTF_8), false, false, false, "m");
    }

    private static Prompter prompter(@Nullable String template, String... controls) {
        return new Prompter(
                "m",
                new GgufHeader(
                        "llama",
                        Optional.empty(),
                        Optional.empty(),
                        100,
                        Optional.ofNullable(template),
                        "",
                        "",
                        List.of(controls),
                        0));
    }
}
