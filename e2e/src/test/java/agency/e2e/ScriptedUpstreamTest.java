package agency.e2e;

import agency.bench.upstream.ScriptedUpstream;
import agency.e2e.client.Endpoint;
import agency.e2e.client.ForeignClientsContract;
import agency.e2e.client.LangChainContract;
import agency.e2e.client.OpenAiJavaContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The scripted upstream satisfies the official clients by itself: what a later test finds wrong
 * through Agency is then Agency's doing.
 */
class ScriptedUpstreamTest
        implements OpenAiJavaContract, LangChainContract, ForeignClientsContract {

    private static final ScriptedUpstream UPSTREAM = ScriptedUpstream.usual();
    private static int port;

    @BeforeAll
    static void start() {
        port = UPSTREAM.start(0);
    }

    @AfterAll
    static void stop() {
        UPSTREAM.close();
    }

    @Override
    public Endpoint endpoint() {
        return new Endpoint(
                "http://127.0.0.1:" + port + "/v1", "sk-test", "scripted", "scripted-embedding");
    }
}
