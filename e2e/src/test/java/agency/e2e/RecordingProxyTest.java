package agency.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import agency.bench.upstream.ScriptedUpstream;
import agency.e2e.client.Endpoint;
import agency.e2e.client.OpenAiJavaContract;
import agency.e2e.openapi.Exchange;
import agency.e2e.openapi.RecordingProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The recording proxy changes nothing that a client can see, broken streams included, and forgets
 * nothing.
 */
class RecordingProxyTest implements OpenAiJavaContract {

    private static final ScriptedUpstream UPSTREAM = ScriptedUpstream.usual();
    private static RecordingProxy proxy;

    @BeforeAll
    static void start() {
        proxy = new RecordingProxy(UPSTREAM.start(0));
    }

    @AfterAll
    static void stop() {
        assertThat(proxy.exchanges())
                .extracting(Exchange::status)
                .contains(0, 200, 401, 404, 429, 500);
        assertThat(proxy.exchanges())
                .anySatisfy(exchange -> {
                    assertThat(exchange.contentType()).isEqualTo("text/event-stream");
                    assertThat(exchange.responseBody()).endsWith("data: [DONE]\n\n");
                });
        proxy.close();
        UPSTREAM.close();
    }

    @Override
    public Endpoint endpoint() {
        return new Endpoint(
                "http://127.0.0.1:" + proxy.port() + "/v1",
                "sk-test",
                "scripted",
                "scripted-embedding");
    }
}
