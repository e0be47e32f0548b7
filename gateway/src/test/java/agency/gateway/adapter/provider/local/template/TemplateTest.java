package agency.gateway.adapter.provider.local.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class TemplateTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 21, 15, 4, 5);
    private static final Map<String, Object> USER = Map.of("role", "user", "content", "Hi 😀");

    @Test
    void rendersSmolLmWithItsOwnSystemPrompt() {
        String source =
                "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system'"
                        + " %}{{ '<|im_start|>system\n"
                        + "You are SmolLM<|im_end|>\n"
                        + "' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n"
                        + "' + message['content'] + '<|im_end|>' + '\n"
                        + "'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n"
                        + "' }}{% endif %}";
        assertThat(render(source, Map.of("messages", List.of(USER), "add_generation_prompt", true)))
                .isEqualTo(
                        "<|im_start|>system\n"
                                + "You are SmolLM<|im_end|>\n"
                                + "<|im_start|>user\n"
                                + "Hi 😀<|im_end|>\n"
                                + "<|im_start|>assistant\n");
    }

    @Test
    void rendersQwenWithToolsAndTheirAnswers() throws IOException {
        Map<String, Object> tool =
                Map.of("type", "function", "function", Map.of("name", "weather"));
        Map<String, Object> call =
                Map.of(
                        "function",
                        Map.of("name", "weather", "arguments", Map.of("city", "Zürich")));
        List<Object> messages =
                List.of(
                        USER,
                        Map.of("role", "assistant", "content", "", "tool_calls", List.of(call)),
                        Map.of("role", "tool", "content", "4 degrees"),
                        Map.of("role", "tool", "content", "rain"));
        String prompt =
                render(
                        resource("qwen2.5.jinja"),
                        Map.of(
                                "messages",
                                messages,
                                "tools",
                                List.of(tool),
                                "add_generation_prompt",
                                true));
        assertThat(prompt)
                .startsWith(
                        "<|im_start|>system\n"
                                + "You are Qwen, created by Alibaba Cloud. You are a helpful"
                                + " assistant.\n\n"
                                + "# Tools")
                .contains("<tools>\n{\"")
                .endsWith(
                        "<|im_start|>user\n"
                                + "Hi 😀<|im_end|>\n"
                                + "<|im_start|>assistant\n"
                                + "<tool_call>\n"
                                + "{\"name\": \"weather\", \"arguments\": {\"city\": \"Zürich\"}}\n"
                                + "</tool_call><|im_end|>\n"
                                + "<|im_start|>user\n"
                                + "<tool_response>\n"
                                + "4 degrees\n"
                                + "</tool_response>\n"
                                + "<tool_response>\n"
                                + "rain\n"
                                + "</tool_response><|im_end|>\n"
                                + "<|im_start|>assistant\n");
    }

    @Test
    void stripsIndentAndTheLineAfterAStatementAsTransformersDoes() {
        assertThat(render("a\n  {% if true %}\n  b\n  {% endif %}\nc", Map.of()))
                .isEqualTo("a\n  b\nc");
        assertThat(render("a  {{- 'x' -}}  b", Map.of())).isEqualTo("axb");
        assertThat(render("a {# gone #} b", Map.of())).isEqualTo("a  b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1 + 2 * 3 § 7",
                "(1 + 2) * 3 § 9",
                "7 // 2 § 3",
                "-7 % 3 § 2",
                "10 / 4 § 2.5",
                "'a' ~ 1 ~ none § a1None",
                "'ab' 'cd' § abcd",
                "[1, 2, 3][1:] § [2, 3]",
                "[1, 2, 3][::-1] § [3, 2, 1]",
                "'hello'[-3:] § llo",
                "[1, 'b', true] § [1, 'b', True]",
                "{'a': 1}['a'] § 1",
                "{'a': [1, {'b': none}]} | tojson § {\"a\": [1, {\"b\": null}]}",
                "'x' if 1 > 2 else 'y' § y",
                "'a' in 'abc' and 2 not in [1] § True",
                "missing is defined § False",
                "missing.deeper.still is not defined § True",
                "none is none § True",
                "'x' is string and 3 is number and {} is mapping § True",
                "not missing § True",
                "missing | default('d') § d",
                "'' | default('d', true) § d",
                "' x ' | trim | upper § X",
                "'a,b' .split(',')[1] § b",
                "'a b  c'.split() § ['a', 'b', 'c']",
                "'a-b-c'.split('-', 1) § ['a', 'b-c']",
                "'xxaxx'.strip('x') § a",
                "'abc'.startswith('ab') § True",
                "[3, 1, 2] | sort | join('-') § 1-2-3",
                "[1, 2] | length § 2",
                "[{'a': 1}, {'a': 2}] | map(attribute='a') | list § [1, 2]",
                "[{'a': 1}, {'b': 2}] | selectattr('a', 'defined') | list | length § 1",
                "[{'r': 'x'}, {'r': 'y'}] | rejectattr('r', 'equalto', 'x') | list | length § 1",
                "['a', '', 'b'] | select | list § ['a', 'b']",
                "{'a': 1}.items() | list § [['a', 1]]",
                "{'b': 1, 'a': 2} | dictsort § [['a', 2], ['b', 1]]",
                "range(3) | list § [0, 1, 2]",
                "range(1, 6, 2) | list § [1, 3, 5]",
                "strftime_now('%d %b %Y') § 21 Nov 2026",
                "5 is odd and 4 is even and 9 is divisibleby 3 § True",
                "'a\\nb' | indent(2) | replace('\\n', '|') § a|  b",
                "'1' | int + 1 § 2",
                "{'x': 1}.get('y', 'z') § z",
                "(1, 2) § [1, 2]",
                "1 == 1.0 § True",
                "'Title case' | title § Title Case",
                "'x' * 3 § xxx",
                "[1] + [2] § [1, 2]",
                "[1, 2] | first + ([1, 2] | last) § 3",
                "'abc' | reverse § cba",
                "[1, 1, 2] | unique | list § [1, 2]"
            })
    void evaluatesAsPythonWould(String expressionAndResult) {
        String[] halves = expressionAndResult.split(" § ");
        assertThat(render("{{ " + halves[0] + " }}", Map.of())).isEqualTo(halves[1]);
    }

    @Test
    void keepsWhatALoopSetsInsideItUnlessANamespaceCarriesItOut() {
        assertThat(
                        render(
                                "{% set ns = namespace(n=0) %}{% set k = 0 %}{% for i in range(4)"
                                    + " %}{% set ns.n = ns.n + i %}{% set k = i %}{% endfor %}{{"
                                    + " ns.n }} {{ k }}",
                                Map.of()))
                .isEqualTo("6 0");
    }

    @Test
    void loopsWithConditionsPairsElseBreakAndContinue() {
        assertThat(
                        render(
                                "{% for i in range(9) if i is even %}{{ i }}{% if i == 6 %}{% break"
                                        + " %}{% endif %}{% endfor %}",
                                Map.of()))
                .isEqualTo("0246");
        assertThat(render("{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% endfor %}", Map.of()))
                .isEqualTo("a1");
        assertThat(render("{% for i in [] %}x{% else %}none{% endfor %}", Map.of()))
                .isEqualTo("none");
        assertThat(
                        render(
                                "{% for i in range(3) %}{% if i == 1 %}{% continue %}{% endif %}{{"
                                        + " loop.index }}{% endfor %}",
                                Map.of()))
                .isEqualTo("13");
    }

    @Test
    void callsMacrosAndCapturesBlocks() {
        assertThat(
                        render(
                                "{% macro tag(name, text='-') %}<{{ name }}>{{ text }}{% endmacro"
                                    + " %}{{ tag('a') }}{{ tag('b', text='x') }}{% set s %}in{{ 1"
                                    + " }}{% endset %}{{ s }}",
                                Map.of()))
                .isEqualTo("<a>-<b>xin1");
    }

    @Test
    void passesOnTheTemplatesOwnRefusal() {
        assertThatThrownBy(() -> render("{{ raise_exception('roles must alternate') }}", Map.of()))
                .isInstanceOfSatisfying(
                        TemplateProblem.class, p -> assertThat(p.refusal()).isTrue())
                .hasMessage("roles must alternate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if x %}",
                "{% endif %}",
                "{{ 'open }}",
                "{{ 1 + }}",
                "{% frobnicate %}",
                "{{ x | frobnicate }}",
                "{{ x is frobnicate }}",
                "{{ x() }}",
                "{{ 1 // 0 }}",
                "{{ 'a' + 1 }}",
                "{{ {'a': } }}",
                "{{ 'x'.replace('a') }}",
                "{% for i in 5 %}{% endfor %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}",
                "{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s"
                        + " %}{% endfor %}",
                "{{ range(100000000) }}"
            })
    void saysWhatIsWrongWithATemplateInsteadOfBreaking(String source) {
        assertThatThrownBy(() -> render(source, Map.of()))
                .isInstanceOfSatisfying(
                        TemplateProblem.class, p -> assertThat(p.refusal()).isFalse());
    }

    @Test
    void boundsNesting() {
        assertThatThrownBy(() ->
                        Template.of("{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}"))
                .isInstanceOf(TemplateProblem.class);
        assertThatThrownBy(
                        () -> Template.of("{% if 1 %}".repeat(3000) + "{% endif %}".repeat(3000)))
                .isInstanceOf(TemplateProblem.class);
    }

    private static String render(String source, Map<String, ?> context) {
        return Template.of(source).render(context, NOW);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = TemplateTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
