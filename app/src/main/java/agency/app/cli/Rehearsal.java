package agency.app.cli;

import agency.app.Program;
import agency.app.profile.Profile;
import agency.kernel.fault.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Calls our own doors for some seconds, so that the JVM has seen the code of a first minute when
 * its AOT cache is made: which classes there are, and which methods of the request path are hot
 * (JEP 515). Without the second it takes a server half a minute of load to be compiled.
 */
final class Rehearsal {
    private static final int ROUNDS = 20;

    /** How long requests are passed on for, and by how many callers at once. */
    private static final Duration LOAD = Duration.ofSeconds(8);

    private static final int CALLERS = 16;

    /** Every so many requests of a caller, one is streamed. */
    private static final int STREAM_EVERY = 4;

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
        try (RehearsedProvider provider = new RehearsedProvider()) {
            administrator.send(
                    "POST",
                    "/api/v1/providers",
                    Map.of(
                            "vendor",
                            "compatible",
                            "name",
                            "rehearsal",
                            "base_url",
                            provider.baseUrl(),
                            "api_key",
                            "sk-rehearsal"));
            load(caller);
        }
        for (int round = 0; round < ROUNDS; round++) {
            caller.read("/v1/models");
            attempt(() -> caller.send("POST", "/v1/chat/completions", chat("none", false)));
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

    private static void load(AgencyClient caller) {
        long end = System.nanoTime() + LOAD.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(threads.submit(() -> callUntil(end, caller)));
            }
            for (Future<?> one : callers) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the rehearsal's load failed", e.getCause());
        }
    }

    private static void callUntil(long endNanos, AgencyClient caller) {
        String model = "rehearsal/" + RehearsedProvider.MODEL;
        for (int i = 0; System.nanoTime() < endNanos; i++) {
            if (i % STREAM_EVERY == 0) {
                try (InputStream answer =
                        caller.stream(
                                "POST",
                                "/v1/chat/completions",
                                chat(model, true),
                                "text/event-stream")) {
                    answer.readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            } else {
                caller.send("POST", "/v1/chat/completions", chat(model, false));
            }
        }
    }

    private static Map<String, Object> chat(String model, boolean stream) {
        return Map.of(
                "model",
                model,
                "stream",
                stream,
                "messages",
                List.of(Map.of("role", "user", "content", "hello ".repeat(150))));
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
