package agency.gateway.adapter.provider.local.chat;

import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.adapter.provider.local.TestModels;
import agency.gateway.adapter.provider.local.gguf.GgufHeader;
import agency.gateway.adapter.provider.local.gguf.GgufReader;
import agency.gateway.adapter.provider.local.template.TemplateTest;
import agency.gateway.adapter.provider.local.wire.NotServed;
import agency.gateway.port.UpstreamFailure;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tools, with a real model under the template of a family that knows them. */
class ToolCallingTest {
    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"description\":\"Weather"
                + " of a city\","
                + "\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"maxLength\":12},"
                + "\"unit\":{\"enum\":[\"C\",\"F\"]}},\"required\":[\"city\",\"unit\"]}}},"
                + "{\"type\":\"function\",\"function\":{\"name\":\"clock\"}}]";

    @TempDir Path folder;

    @Test
    void makesTheModelCallTheToolThatIsInsistedOn() throws Exception {
        String choice =
                "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}";
        JsonNode whole =
                run(TOOLS + "," + choice + ",\"max_tokens\":80,\"seed\":4", false).await().json();
        JsonNode call = whole.at("/choices/0/message/tool_calls/0");
        assertThat(whole.at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
        assertThat(whole.at("/choices/0/message/content").isNull()).isTrue();
        assertThat(call.at("/type").asString()).isEqualTo("function");
        assertThat(call.at("/id").asString()).startsWith("call_");
        assertThat(call.at("/function/name").asString()).isEqualTo("weather");
        JsonNode arguments =
                JsonMapper.shared().readTree(call.at("/function/arguments").asString());
        assertThat(arguments.propertyNames()).containsExactly("city", "unit");
        assertThat(arguments.get("unit").asString()).isIn("C", "F");
    }

    @Test
    void streamsACallThatIsRequired() throws Exception {
        Collected answer =
                run(TOOLS + ",\"tool_choice\":\"required\",\"max_tokens\":120,\"seed\":9", true)
                        .await();
        List<JsonNode> calls =
                answer.events().stream()
                        .filter(e -> e.at("/choices/0/delta").has("tool_calls"))
                        .toList();
        assertThat(calls).hasSize(1);
        JsonNode call = calls.getFirst().at("/choices/0/delta/tool_calls/0");
        assertThat(call.at("/index").asInt()).isZero();
        assertThat(call.at("/function/name").asString()).isIn("weather", "clock");
        assertThat(answer.streamedText()).isEmpty();
        assertThat(answer.all())
                .contains("\"finish_reason\":\"tool_calls\"")
                .doesNotContain("<tool_call>");
    }

    @Test
    void refusesAChoiceThatIsNotAmongTheTools() throws Exception {
        assertThat(
                        run(
                                        TOOLS
                                                + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"x\"}}",
                                        false)
                                .await()
                                .failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Refused.class,
                        r -> assertThat(r.param()).isEqualTo("tool_choice"));
        assertThat(run("\"tools\":[{\"type\":\"web_search\"}]", false).await().failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Refused.class,
                        r -> assertThat(r.param()).isEqualTo("tools"));
    }

    private Collected run(String options, boolean stream) throws Exception {
        Path file = TestModels.smollm2();
        String template;
        try (InputStream in = TemplateTest.class.getResourceAsStream("qwen2.5.jinja")) {
            template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        GgufHeader own = GgufReader.read(file);
        GgufHeader header =
                new GgufHeader(
                        own.architecture(),
                        own.name(),
                        own.licence(),
                        own.contextTokens(),
                        Optional.of(template),
                        own.beginToken(),
                        own.endToken(),
                        own.controlTokens(),
                        own.tensors());
        Prompter prompter = new Prompter("tools", header);
        Collected answer = new Collected();
        ChatSettings settings =
                new ChatSettings(folder.resolve("native"), 1_024, 2, 8, 4, 60_000, 1, 1_000);
        try (ChatModel model = new ChatModel("tools", file, header, settings, new Room(1))) {
            model.start();
            String body =
                    "{"
                            + options
                            + ",\"messages\":[{\"role\":\"user\",\"content\":\"How is the weather"
                            + " in Bern?\"}]}";
            try {
                ChatCall call =
                        CallReader.read(
                                body.getBytes(StandardCharsets.UTF_8),
                                stream,
                                true,
                                prompter.knowsTools(),
                                "tools");
                model.submit(
                        new ChatJob(
                                UUID.randomUUID(),
                                call,
                                prompter.prompt(call, LocalDateTime.of(2026, 11, 21, 12, 0)),
                                answer,
                                new CompletionWriter("chatcmpl-1", 1, "tools"),
                                () -> "call_1"));
            } catch (NotServed e) {
                answer.failed(e.failure(), null);
            }
            return answer.await();
        }
    }
}
