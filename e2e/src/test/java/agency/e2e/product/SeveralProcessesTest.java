package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import agency.bench.product.StartedAgency;
import agency.bench.upstream.ScriptedUpstream;
import agency.platform.testing.PostgresFixture;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Three whole Agencies on one PostgreSQL, as on a cluster. */
class SeveralProcessesTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int REQUESTS = 300;
    private static final int CALLERS = 12;

    /** Longer than any lease runs, and what it costs to notice. */
    private static final Duration LEASE = Duration.ofSeconds(8);

    private static final List<StartedAgency> AGENCIES = new ArrayList<>();
    private static ScriptedUpstream upstream;
    private static CuttableProxy way;
    private static int upstreamPort;

    @BeforeAll
    static void start() {
        upstream = ScriptedUpstream.usual();
        upstreamPort = upstream.start(0);
        String url = PostgresFixture.freshUrl().reveal();
        int port = URI.create(url).getPort();
        way = new CuttableProxy(port);
        Path folder = AgencyFixture.folder("several");
        for (String name : List.of("one", "two", "three")) {
            // The last one's cable can be cut.
            String its = name.equals("three") ? url.replace(":" + port, ":" + way.port()) : url;
            AGENCIES.add(
                    StartedAgency.on(
                            folder.resolve(name),
                            Map.of(
                                    "AGENCY_DATABASE_URL",
                                    its,
                                    "AGENCY_DATABASE_CONNECTIONS",
                                    "6")));
        }
        one().connect("scripted", "http://127.0.0.1:" + upstreamPort + "/v1", "sk-upstream");
    }

    @AfterAll
    static void stop() throws IOException {
        way.mend();
        AGENCIES.forEach(StartedAgency::close);
        upstream.close();
        way.close();
    }

    private static StartedAgency one() {
        return AGENCIES.get(0);
    }

    private static JsonNode read(StartedAgency agency, String path) {
        return agency.json(agency.call("GET", path, one().adminToken(), ""));
    }

    private static JsonNode usage(StartedAgency agency) {
        return read(agency, "/api/v1/usage");
    }

    @Test
    void requestsThroughAnyOfThemStandInTheSameBooksAndTheWorkIsShared() throws Exception {
        String key = AGENCIES.get(1).createdBy(one().adminToken(), "several");
        Await.within(
                SOON,
                "the provider is known everywhere",
                () -> AGENCIES.stream().allMatch(each -> each.chat(key).statusCode() == 200));
        AtomicInteger next = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        List<Future<?>> callers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                callers.add(
                        threads.submit(() -> {
                            for (int n = next.getAndIncrement();
                                    n < REQUESTS;
                                    n = next.getAndIncrement()) {
                                if (AGENCIES.get(n % AGENCIES.size()).chat(key).statusCode()
                                        != 200) {
                                    failed.incrementAndGet();
                                }
                            }
                        }));
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
        }
        assertThat(failed.get()).isZero();
        List<JsonNode> served = UpstreamCounts.served(upstreamPort);
        for (StartedAgency each : AGENCIES) {
            Await.within(
                    SOON,
                    "all usage is in the books as " + each.port() + " reads them",
                    () -> usage(each).path("total").path("attempts").asInt() == served.size());
            JsonNode reported = usage(each).path("total_by_class").path("reported");
            assertThat(reported.path("attempts").asInt()).isEqualTo(served.size());
            assertThat(reported.path("output_tokens").asLong())
                    .isEqualTo(
                            served.stream()
                                    .mapToLong(one -> one.path("completionTokens").asLong())
                                    .sum());
        }
        Await.within(SOON, "the shards are shared out", () -> owners().size() == 3);
        StartedAgency killed = AGENCIES.get(1);
        killed.kill();
        Await.within(
                SOON,
                "the shards of the killed one are taken over",
                () -> {
                    Set<String> left = owners();
                    return left.size() == 2 && !left.contains("nobody");
                });
        killed.restart();
        Await.within(SOON, "the shards are shared out again", () -> owners().size() == 3);
        assertThat(killed.chat(key).statusCode()).isEqualTo(200);
        JsonNode verdict = one().verdict();
        assertThat(verdict.path("whole").asBoolean()).as(verdict.toString()).isTrue();
    }

    private static Set<String> owners() {
        Set<String> owners = new HashSet<>();
        read(one(), "/api/v1/projections/ledger.usage-by-hour")
                .path("lanes")
                .forEach(lane -> owners.add(lane.path("owner").asString("nobody")));
        return owners;
    }

    /** Calls one of them with a key as fast as it can; sees when it was last let in. */
    private static final class Knocking implements AutoCloseable {
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicLong lastAdmittedNanos = new AtomicLong(Long.MIN_VALUE);
        private final AtomicInteger admitted = new AtomicInteger();
        private final Thread thread;

        Knocking(StartedAgency agency, String key) {
            thread =
                    Thread.startVirtualThread(() -> {
                        while (!ended.get()) {
                            long began = System.nanoTime();
                            try {
                                if (agency.call("GET", "/v1/models", key, "").statusCode() == 200) {
                                    lastAdmittedNanos.accumulateAndGet(began, Math::max);
                                    admitted.incrementAndGet();
                                }
                            } catch (UncheckedIOException e) {
                                // Stopped: it does not answer.
                            }
                        }
                    });
        }

        @Override
        public void close() throws InterruptedException {
            ended.set(true);
            thread.join();
        }
    }

    /** Revokes a key through the first; the moment the answer was there. */
    private static long revoke(String key) {
        String id =
                read(one(), "/api/v1/keys")
                        .path("items")
                        .valueStream()
                        .filter(each -> each.path("name").asString("").equals(key))
                        .findFirst()
                        .orElseThrow()
                        .path("id")
                        .asString();
        one().manage("DELETE", "/api/v1/keys/" + id, "");
        return System.nanoTime();
    }

    private String knownEverywhere(String name) throws Exception {
        String key = one().createKey(name);
        Await.within(
                SOON,
                "the key is known everywhere",
                () ->
                        AGENCIES.stream()
                                .allMatch(each ->
                                        each.call("GET", "/v1/models", key, "").statusCode()
                                                == 200));
        return key;
    }

    @Test
    void nobodyIsLetInAfterARevocationHasReturned() throws Exception {
        String key = knownEverywhere("raced");
        List<Knocking> all = new ArrayList<>();
        try {
            for (StartedAgency each : AGENCIES) {
                all.add(new Knocking(each, key));
            }
            TimeUnit.MILLISECONDS.sleep(500);
            long returned = revoke("raced");
            TimeUnit.MILLISECONDS.sleep(500);
            for (Knocking one : all) {
                assertThat(one.admitted.get()).isPositive();
                assertThat(one.lastAdmittedNanos.get()).isLessThan(returned);
            }
        } finally {
            for (Knocking one : all) {
                one.close();
            }
        }
    }

    @Test
    void notByOneThatWasStoppedMeanwhileEither() throws Exception {
        String key = knownEverywhere("stopped");
        StartedAgency stopped = AGENCIES.get(1);
        stopped.freeze();
        try (Socket waiting = new Socket(InetAddress.getLoopbackAddress(), stopped.port())) {
            // A request that lies there when it wakes up.
            OutputStream out = waiting.getOutputStream();
            out.write(
                    ("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + key
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            long before = System.nanoTime();
            revoke("stopped");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(LEASE);
            stopped.unfreeze();
            String answer =
                    new String(waiting.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 ").doesNotStartWith("HTTP/1.1 200");
            for (int i = 0; i < 50; i++) {
                assertThat(stopped.call("GET", "/v1/models", key, "").statusCode()).isIn(401, 503);
            }
        } finally {
            stopped.unfreeze();
        }
        Await.within(
                SOON,
                "it knows of the revocation",
                () -> stopped.call("GET", "/v1/models", key, "").statusCode() == 401);
    }

    @Test
    void norByOneThatIsCutOffFromTheDatabase() throws Exception {
        String key = knownEverywhere("cut off");
        StartedAgency cutOff = AGENCIES.get(2);
        way.cut();
        try (Knocking knocking = new Knocking(cutOff, key)) {
            long before = System.nanoTime();
            long returned = revoke("cut off");
            assertThat(Duration.ofNanos(returned - before)).isLessThan(LEASE);
            TimeUnit.MILLISECONDS.sleep(1_000);
            assertThat(knocking.admitted.get()).isPositive();
            assertThat(knocking.lastAdmittedNanos.get()).isLessThan(returned);
        } finally {
            way.mend();
        }
        String fresh = one().createKey("afterwards");
        Await.within(
                SOON,
                "it is back, by itself",
                () -> cutOff.call("GET", "/v1/models", fresh, "").statusCode() == 200);
        assertThat(cutOff.call("GET", "/v1/models", key, "").statusCode()).isEqualTo(401);
    }
}
