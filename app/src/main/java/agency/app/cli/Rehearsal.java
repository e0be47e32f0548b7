package agency.app.cli;

import agency.app.Program;
import agency.app.profile.Profile;
import agency.kernel.fault.Fault;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Calls our own doors once, so that the JVM has seen the code of a first minute when its AOT cache
 * is made.
 */
final class Rehearsal {
    private static final int ROUNDS = 20;

    private Rehearsal() {}

    static void of(Program program) {
        Profile profile = Profile.read(program.dataDirectory());
        AgencyClient administrator = new AgencyClient(profile.address(), profile.token());
        String key =
                administrator
                        .send("POST", "/api/v1/keys", Map.of("name", "rehearsal"))
                        .path("key")
                        .asString();
        AgencyClient caller = new AgencyClient(URI.create(program.address()), key);
        for (int round = 0; round < ROUNDS; round++) {
            caller.read("/v1/models");
            attempt(() -> caller.send("POST", "/v1/chat/completions", chat(false)));
            attempt(() -> caller.send("POST", "/v1/chat/completions", chat(true)));
            attempt(() ->
                    caller.send(
                            "POST",
                            "/v1/embeddings",
                            Map.of("model", "none", "input", List.of("hello"))));
            administrator.read("/api/v1/usage?group_by=model");
            administrator.read("/api/v1/requests?limit=10");
        }
        administrator.read("/api/v1/keys");
        administrator.read("/api/v1/models");
        administrator.read("/api/v1/providers");
        administrator.read("/api/v1/parts");
        administrator.text("/openapi.yaml");
        administrator.text("/metrics");
        administrator.text("/ready");
    }

    private static Map<String, Object> chat(boolean stream) {
        return Map.of(
                "model",
                "rehearsal",
                "stream",
                stream,
                "messages",
                List.of(Map.of("role", "user", "content", "hello")));
    }

    /** There is no such model: what is wanted is the way there. */
    private static void attempt(Runnable call) {
        try {
            call.run();
        } catch (Fault expected) {
            if (!expected.code().equals("cli.refused")) {
                throw expected;
            }
        }
    }
}
