package agency.gateway.adapter.provider.local.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToolCallTextTest {
    private static final String CALL =
            "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>";

    @Test
    void takesCallsOutHoweverTheTextIsCut() {
        String text = "Let me see.\n" + CALL + "\n" + CALL;
        for (int step = 1; step < text.length(); step++) {
            StringBuilder passed = new StringBuilder();
            List<ToolCall> calls = run(text, step, passed);
            assertThat(calls).hasSize(2);
            assertThat(calls.getFirst().arguments()).isEqualTo("{\"a\":1}");
            assertThat(passed.toString().strip()).isEqualTo("Let me see.");
        }
    }

    @Test
    void leavesAsTextWhatIsNoCall() {
        for (String text :
                List.of(
                        "<tool_call>not json</tool_call>",
                        "a < b and <tool",
                        "<tool_call>{\"name\": 1}</tool_call>")) {
            StringBuilder passed = new StringBuilder();
            assertThat(run(text, 3, passed)).isEmpty();
            assertThat(passed.toString()).isEqualTo(text);
        }
    }

    @Test
    void readsACallWhoseClosingTagIsMissing() {
        StringBuilder passed = new StringBuilder();
        assertThat(run("<tool_call>{\"name\":\"f\",\"arguments\":\"{}\"}", 5, passed)).hasSize(1);
        assertThat(run("<tool_call>{\"name\":\"f", 5, passed)).isEmpty();
        assertThat(passed.toString()).isEqualTo("<tool_call>{\"name\":\"f");
    }

    private static List<ToolCall> run(String text, int step, StringBuilder passed) {
        ToolCallText tools = new ToolCallText(() -> "id");
        List<ToolCall> calls = new ArrayList<>();
        for (int at = 0; at < text.length(); at += step) {
            ToolCallText.Seen seen =
                    tools.add(text.substring(at, Math.min(text.length(), at + step)));
            passed.append(seen.text());
            calls.addAll(seen.calls());
        }
        ToolCallText.Seen rest = tools.finish();
        passed.append(rest.text());
        calls.addAll(rest.calls());
        return calls;
    }
}
