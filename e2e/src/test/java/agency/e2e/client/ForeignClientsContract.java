package agency.e2e.client;

import static agency.bench.upstream.ScriptedUpstream.USUAL_TEXT;

import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Promises to the official clients in other languages: npm and PyPI {@code openai}. Each check is a
 * test by its name.
 */
public interface ForeignClientsContract {

    Endpoint endpoint();

    @TestFactory
    default Stream<DynamicTest> theNodeClientIsSatisfied() {
        return tests(ForeignClient.node());
    }

    @TestFactory
    default Stream<DynamicTest> thePythonClientIsSatisfied() {
        return tests(ForeignClient.python());
    }

    private Stream<DynamicTest> tests(ForeignClient client) {
        return client.check(endpoint(), USUAL_TEXT).stream()
                .map(line ->
                        DynamicTest.dynamicTest(
                                name(line),
                                () -> {
                                    if (!line.startsWith("ok ")) Assertions.fail(line);
                                }));
    }

    private static String name(String line) {
        String rest = line.substring(line.indexOf(' ') + 1);
        int why = rest.indexOf(": ", rest.indexOf(": ") + 1);
        return why < 0 ? rest : rest.substring(0, why);
    }
}
