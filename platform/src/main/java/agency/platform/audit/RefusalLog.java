package agency.platform.audit;

import agency.kernel.fact.FactMeta;
import agency.kernel.id.IdSource;
import agency.platform.house.Part;
import agency.platform.http.Refusals;
import agency.platform.log.Append;
import agency.platform.log.EventLog;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes facts of refusals. They are gathered for a while first: the same refusal of the same caller
 * is one fact with a count, and of what is more than {@link #MAX_KINDS} only the number is kept, so
 * that nobody can fill the log by being refused. A crash loses what was not recorded yet.
 */
public final class RefusalLog implements Part, Refusals {
    /** The part's name. */
    public static final String NAME = "refusals";

    /** For how long refusals are gathered. */
    public static final Duration GATHERED_FOR = Duration.ofSeconds(20);

    /** Most kinds of refusals that are told apart in that time. */
    static final int MAX_KINDS = 200;

    private static final int APPEND_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final Kind REST = new Kind(0, "any", "too-many-to-tell-apart", null, null);

    private final EventLog log;
    private final IdSource ids;
    private final InstantSource clock;
    private final Duration gatheredFor;
    private final List<String> uses;
    private final Map<Kind, Count> gathered = new HashMap<>();
    private @Nullable Thread recorder;

    private record Kind(
            int tenant,
            String operation,
            String reason,
            @Nullable String actor,
            @Nullable String network) {}

    private record Count(int times, Instant from, Instant until) {}

    /**
     * Gathers nothing until it is told of a refusal.
     *
     * @param uses the names of the parts that the log needs
     */
    public RefusalLog(EventLog log, IdSource ids, InstantSource clock, List<String> uses) {
        this(log, ids, clock, GATHERED_FOR, uses);
    }

    RefusalLog(
            EventLog log,
            IdSource ids,
            InstantSource clock,
            Duration gatheredFor,
            List<String> uses) {
        this.log = log;
        this.ids = ids;
        this.clock = clock;
        this.gatheredFor = gatheredFor;
        this.uses = List.copyOf(uses);
    }

    @Override
    public void refused(
            int tenant,
            String operation,
            String reason,
            @Nullable String actor,
            @Nullable InetAddress from) {
        Kind kind = new Kind(tenant, operation, reason, actor, network(from));
        Instant now = clock.instant();
        synchronized (gathered) {
            Kind counted = gathered.containsKey(kind) || gathered.size() < MAX_KINDS ? kind : REST;
            gathered.merge(
                    counted,
                    new Count(1, now, now),
                    (before, one) -> new Count(before.times + 1, before.from, now));
        }
    }

    /** Records what is gathered; what cannot be recorded is dropped and said. */
    void record() {
        Map<Kind, Count> taken;
        synchronized (gathered) {
            if (gathered.isEmpty()) {
                return;
            }
            taken = Map.copyOf(gathered);
            gathered.clear();
        }
        Map<Integer, List<RefusalsCounted>> facts = new HashMap<>();
        taken.forEach((kind, count) ->
                facts.computeIfAbsent(kind.tenant, tenant -> new ArrayList<>())
                        .add(
                                new RefusalsCounted(
                                        kind.operation,
                                        kind.reason,
                                        kind.actor,
                                        kind.network,
                                        count.times,
                                        count.from,
                                        count.until)));
        Instant now = clock.instant();
        facts.forEach((tenant, lines) -> append(tenant, lines, now));
    }

    private void append(int tenant, List<RefusalsCounted> facts, Instant now) {
        Append append =
                new Append(
                        RefusalsCounted.stream(tenant, now),
                        Append.ANY,
                        facts,
                        new FactMeta(NAME, ids.next(), null),
                        ids.next(),
                        List.of());
        try {
            log.append(append).get(APPEND_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            LOG.atWarn()
                    .addKeyValue("kinds", facts.size())
                    .setCause(failed)
                    .log("Refusals could not be recorded");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first bits of an address that tell roughly where it is, and nobody. */
    static @Nullable String network(@Nullable InetAddress address) {
        if (address == null) {
            return null;
        }
        byte[] bytes = address.getAddress();
        int kept = bytes.length == 4 ? 3 : 6;
        Arrays.fill(bytes, kept, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/" + kept * Byte.SIZE;
        } catch (UnknownHostException never) {
            throw new IllegalStateException("an address of another length", never);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String purpose() {
        return "records who was refused what";
    }

    @Override
    public List<String> uses() {
        return uses;
    }

    @Override
    public void start() {
        recorder = Thread.ofVirtual().name(NAME).start(this::run);
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(gatheredFor);
            } catch (InterruptedException stopped) {
                return;
            }
            record();
        }
    }

    @Override
    public void close() {
        Thread running = recorder;
        if (running == null) {
            return;
        }
        running.interrupt();
        recorder = null;
        record();
    }
}
