package agency.bench.budgets;

import agency.bench.product.StartedAgency;
import agency.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fault test F16: several processes on one PostgreSQL spend budgets whose caps start far away and
 * are crossed, with streams of log-normal lengths, while processes and once the database are
 * killed. The upstream counts for itself what it served; what that costs must never exceed a cap.
 */
public final class BudgetStorm {
    /** Nano-units of one token of input, and of one of output: 1 and 4 for a million. */
    private static final long INPUT_NANOS = 1_000;

    private static final long OUTPUT_NANOS = 4_000;

    /** Most tokens that a request lets the model write. */
    private static final int MAX_TOKENS = 100;

    /** The median of what the model writes, and the spread of its logarithm. */
    private static final double MEDIAN_TOKENS = 20;

    private static final double SPREAD = 0.8;

    /** An account is done when it has refused so often in a row. */
    private static final int REFUSED_IN_A_ROW = 25;

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * How hard it is.
     *
     * @param processes how many processes
     * @param accounts how many accounts, each with a key of its own
     * @param callers how many requests at once
     * @param requests roughly how many requests a cap is good for
     * @param killEveryMs how often a process is killed; 0 for never
     * @param killDatabase whether the database is killed once
     * @param atMostMs how long callers go on at most
     */
    public record Plan(
            int processes,
            int accounts,
            int callers,
            int requests,
            int killEveryMs,
            boolean killDatabase,
            long atMostMs) {}

    /**
     * What became of one account.
     *
     * @param kind what bounds it
     * @param cap its cap, nano-units or tokens
     * @param billed what the upstream served, in the same unit
     * @param spent what Agency says was spent
     * @param asideAtTheEnd what was still set aside when all processes had stopped
     * @param done whether the cap was reached
     */
    public record Account(
            String kind, long cap, long billed, long spent, long asideAtTheEnd, boolean done) {}

    /**
     * What came out.
     *
     * @param served requests that the upstream served
     * @param refused answers that a budget was exhausted
     * @param kills how many processes were killed
     * @param whole whether the log was whole at the end
     */
    public record Outcome(
            long seed,
            List<Account> accounts,
            long served,
            long refused,
            int kills,
            boolean whole) {
        /** Accounts of which more was billed than their cap. */
        public List<Account> overspent() {
            return accounts.stream().filter(one -> one.billed > one.cap).toList();
        }

        /** Accounts whose books say less than was billed, or more than their cap. */
        public List<Account> wronglyBooked() {
            return accounts.stream()
                    .filter(one ->
                            one.spent >= 0 && (one.spent < one.billed || one.spent > one.cap))
                    .toList();
        }

        /** The smallest part of a cap that was used, of those whose cap was reached. */
        public double leastUsed() {
            return accounts.stream()
                    .filter(Account::done)
                    .mapToDouble(one -> (double) one.billed / one.cap)
                    .min()
                    .orElse(0);
        }
    }

    private static final class Spent {
        final String kind;
        final String tag;
        final long cap;
        final boolean tokens;
        final String key;
        final String budget;
        final AtomicInteger refusedInARow = new AtomicInteger();

        Spent(String kind, String tag, long cap, boolean tokens, String key, String budget) {
            this.kind = kind;
            this.tag = tag;
            this.cap = cap;
            this.tokens = tokens;
            this.key = key;
            this.budget = budget;
        }

        boolean done() {
            return refusedInARow.get() >= REFUSED_IN_A_ROW;
        }
    }

    private final Plan plan;
    private final Path folder;
    private final int upstreamPort;
    private final long seed;
    private final List<StartedAgency> agencies = new ArrayList<>();
    private final List<Spent> accounts = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicInteger kills = new AtomicInteger();

    /** A storm with its files in this folder, before this scripted upstream. */
    public BudgetStorm(Plan plan, Path folder, int upstreamPort, long seed) {
        this.plan = plan;
        this.folder = folder;
        this.upstreamPort = upstreamPort;
        this.seed = seed;
    }

    /** Lets it rage. */
    public Outcome run() throws Exception {
        Files.createDirectories(folder.resolve("postgres"));
        try (EmbeddedPostgres postgres = new EmbeddedPostgres(folder.resolve("postgres"))) {
            postgres.start();
            String url = database(postgres);
            try {
                for (int i = 0; i < plan.processes; i++) {
                    agencies.add(
                            StartedAgency.on(
                                    folder.resolve("agency-" + i),
                                    Map.of(
                                            "AGENCY_DATABASE_URL",
                                            url,
                                            "AGENCY_DATABASE_CONNECTIONS",
                                            "6")));
                }
                open();
                rage();
                return reckon();
            } finally {
                agencies.forEach(StartedAgency::close);
            }
        }
    }

    private static String database(EmbeddedPostgres postgres) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + postgres.ownerUrl("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE storm");
        }
        return postgres.ownerUrl("storm");
    }

    private StartedAgency first() {
        return agencies.getFirst();
    }

    private void open() {
        first().connect("scripted", "http://127.0.0.1:" + upstreamPort + "/v1", "sk-upstream");
        first().manage(
                        "PUT",
                        "/api/v1/prices/scripted/scripted",
                        "{\"input\":\"1\",\"output\":\"4\"}");
        // Some 30 tokens in, and out what the log-normal's mean is.
        double output = MEDIAN_TOKENS * Math.exp(SPREAD * SPREAD / 2);
        long money = (long) (plan.requests * (30 * INPUT_NANOS + output * OUTPUT_NANOS));
        long tokens = (long) (plan.requests * (30 + output));
        for (int i = 0; i < plan.accounts; i++) {
            String tag = "a" + i;
            switch (i % 4) {
                case 0 -> account(tag, "a key's own cap", money, false, null);
                case 1 -> account(tag, "a project, money a month", money, false, "month");
                case 2 -> account(tag, "a key, tokens for ever", tokens, true, "forever");
                default -> account(tag, "a key, money, rolling", money, false, "rolling");
            }
        }
    }

    private void account(
            String tag, String kind, long cap, boolean tokens, @Nullable String period) {
        String amount = java.math.BigDecimal.valueOf(cap, 9).toPlainString();
        var wanted = JSON.createObjectNode().put("name", tag);
        if (period == null) {
            wanted.put("cap", amount);
        }
        if (kind.startsWith("a project")) {
            JsonNode project =
                    first().manage(
                                    "POST",
                                    "/api/v1/projects",
                                    JSON.createObjectNode().put("name", tag).toString());
            wanted.put("project", project.path("id").asString());
        }
        JsonNode key = first().manage("POST", "/api/v1/keys", wanted.toString());
        String id = key.path("id").asString();
        if (period != null) {
            var budget = JSON.createObjectNode().put("name", tag).put("period", period);
            var scope = budget.putObject("scope");
            if (wanted.has("project")) {
                scope.put("type", "project").put("id", wanted.path("project").asString());
            } else {
                scope.put("type", "key").put("id", id);
            }
            if (tokens) {
                budget.put("tokens", cap);
            } else {
                budget.put("amount", amount);
            }
            if (period.equals("rolling")) {
                budget.put("hours", 24);
            }
            id = first().manage("POST", "/api/v1/budgets", budget.toString()).path("id").asString();
        }
        accounts.add(new Spent(kind, tag, cap, tokens, key.path("key").asString(), id));
    }

    private void rage() throws Exception {
        long until = System.nanoTime() + plan.atMostMs * 1_000_000;
        List<Future<?>> callers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < plan.callers; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                callers.add(threads.submit(() -> call(random, until)));
            }
            Future<?> killer = threads.submit(this::kill);
            for (Future<?> caller : callers) {
                caller.get();
            }
            over.set(true);
            killer.get();
        }
    }

    private void call(SplittableRandom random, long until) {
        int number = 0;
        while (System.nanoTime() < until) {
            List<Spent> open = accounts.stream().filter(one -> !one.done()).toList();
            if (open.isEmpty()) {
                return;
            }
            Spent account = open.get(random.nextInt(open.size()));
            StartedAgency agency = agencies.get(random.nextInt(agencies.size()));
            double length = MEDIAN_TOKENS * Math.exp(SPREAD * random.nextGaussian());
            int chunks = (int) Math.max(1, Math.min(MAX_TOKENS, length));
            String body =
                    """
                    {"model": "scripted/scripted", "max_tokens": %d, "stream": %b,
                     "messages": [{"role": "user", "content": "[[answer ms=1 chunks=%d tag=%s]]"}]}\
                    """
                            .formatted(
                                    MAX_TOKENS,
                                    random.nextBoolean(),
                                    chunks,
                                    account.tag + "-" + number++);
            try {
                HttpResponse<String> answer =
                        agency.call("POST", "/v1/chat/completions", account.key, body);
                if (answer.statusCode() == 200) {
                    account.refusedInARow.set(0);
                } else if (answer.body().contains("insufficient_quota")) {
                    refused.incrementAndGet();
                    account.refusedInARow.incrementAndGet();
                    Thread.sleep(20);
                } else {
                    Thread.sleep(20);
                }
            } catch (UncheckedIOException killed) {
                // It was killed, or is not there yet.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void kill() {
        if (plan.killEveryMs == 0) {
            return;
        }
        SplittableRandom random = new SplittableRandom(~seed);
        boolean killDatabase = plan.killDatabase;
        try {
            while (!over.get()) {
                TimeUnit.MILLISECONDS.sleep(plan.killEveryMs);
                if (over.get()) {
                    return;
                }
                if (killDatabase && kills.get() > 0) {
                    killDatabase = false;
                    killServer();
                } else {
                    agencies.get(random.nextInt(agencies.size())).killAndRestart();
                    kills.incrementAndGet();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void killServer() throws IOException {
        long pid =
                Long.parseLong(
                        Files.readAllLines(folder.resolve("postgres/data/postmaster.pid"))
                                .getFirst());
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    private Outcome reckon() throws Exception {
        List<JsonNode> served = new ArrayList<>();
        URI counts = URI.create("http://127.0.0.1:" + upstreamPort + "/_counts");
        try (var in = counts.toURL().openStream()) {
            JSON.readTree(in).path("served").forEach(served::add);
        }
        // All stop in order, so that everything set aside comes back; one starts to tell.
        for (StartedAgency agency : agencies) {
            agency.stop();
        }
        first().restart();
        long attempts = served.size();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (first().manage("GET", "/api/v1/usage", "").path("total").path("attempts").asLong()
                < attempts) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("usage is missing after a minute");
            }
            Thread.sleep(50);
        }
        List<Account> came = new ArrayList<>();
        for (Spent account : accounts) {
            long billed = 0;
            for (JsonNode one : served) {
                if (one.path("tag").asString("").startsWith(account.tag + "-")) {
                    long in = one.path("promptTokens").asLong();
                    long out = one.path("completionTokens").asLong();
                    billed += account.tokens ? in + out : in * INPUT_NANOS + out * OUTPUT_NANOS;
                }
            }
            boolean own = account.kind.startsWith("a key's own");
            JsonNode shown =
                    own
                            ? JSON.createObjectNode()
                            : first().manage("GET", "/api/v1/budgets/" + account.budget, "");
            String unit = account.tokens ? "tokens" : "nanos";
            came.add(
                    new Account(
                            account.kind,
                            account.cap,
                            billed,
                            own ? -1 : shown.path("spent").path(unit).asLong(),
                            own
                                    ? 0
                                    : shown.path("set_aside")
                                            .path("by_instances")
                                            .path(unit)
                                            .asLong(),
                            account.done()));
        }
        boolean whole = first().verdict().path("whole").asBoolean();
        return new Outcome(seed, came, attempts, refused.get(), kills.get(), whole);
    }

    /** One line for each account. */
    static String line(Account one) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %.2f %% | %s | %,d |",
                one.kind,
                one.cap,
                one.billed,
                100.0 * one.billed / one.cap,
                one.spent < 0 ? "" : String.format(Locale.ROOT, "%,d", one.spent),
                one.asideAtTheEnd);
    }
}
