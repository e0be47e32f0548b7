package agency.bench.accounting;

import agency.bench.product.StartedAgency;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Mixed requests by many callers at once, some of whom leave, while Agency is killed as by a power
 * cut; then both sets of books are compared.
 */
public final class AccountingRun {

    private static final int RUN_TIMEOUT_MIN = 20;
    private static final int SETTLE_TIMEOUT_S = 60;
    private static final int LOOK_AGAIN_MS = 250;
    private static final int MOST_TRIES = 50;

    private final StartedAgency agency;
    private final String key;
    private final int requests;
    private final int callers;
    private final int kills;
    private final long seed;
    private final AtomicInteger next = new AtomicInteger();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final AtomicInteger done = new AtomicInteger();
    private final Map<Caller.Seen, AtomicInteger> seen = new EnumMap<>(Caller.Seen.class);

    /** Held by the killer while nothing listens, so that callers wait instead of spinning. */
    private final ReadWriteLock running = new ReentrantReadWriteLock();

    /**
     * Prepares a run against this Agency with this key.
     *
     * @param requests how many requests in all
     * @param callers how many at once
     * @param kills how often Agency is killed, at even distances
     * @param seed decides the mix; the same seed, the same requests
     */
    public AccountingRun(
            StartedAgency agency, String key, int requests, int callers, int kills, long seed) {
        this.agency = agency;
        this.key = key;
        this.requests = requests;
        this.callers = callers;
        this.kills = kills;
        this.seed = seed;
        for (Caller.Seen each : Caller.Seen.values()) seen.put(each, new AtomicInteger());
    }

    /** Runs it and compares with the upstream on this port. */
    public Reckoning run(int upstreamPort) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(callers);
        for (int i = 0; i < callers; i++) {
            Thread.ofPlatform()
                    .daemon()
                    .name("caller-" + i)
                    .start(() -> {
                        try {
                            work();
                        } finally {
                            ended.countDown();
                        }
                    });
        }
        for (int kill = 1; kill <= kills; kill++) {
            int at = requests * kill / (kills + 1);
            while (done.get() < at && ended.getCount() > 0) Thread.sleep(5);
            killOnce();
        }
        if (!ended.await(RUN_TIMEOUT_MIN, TimeUnit.MINUTES))
            throw new IllegalStateException("callers did not end");
        return settled(upstreamPort);
    }

    /** How the requests ended for their callers, in words. */
    public String outcomes() {
        return seen.toString();
    }

    private void killOnce() {
        // Killed while callers are in the middle of their requests; only new ones wait for the
        // restart.
        agency.kill();
        running.writeLock().lock();
        try {
            agency.restart();
        } finally {
            running.writeLock().unlock();
        }
    }

    private void work() {
        for (int number = next.getAndIncrement();
                number < requests;
                number = next.getAndIncrement()) {
            SplittableRandom random = new SplittableRandom(seed + number);
            Mix mix = Mix.draw(random);
            Caller.Seen outcome = Caller.Seen.NOBODY;
            for (int attempt = 0;
                    outcome == Caller.Seen.NOBODY && attempt < MOST_TRIES;
                    attempt++) {
                String tag = "r" + number + "-" + attempt;
                Mix.Order order = mix.order(tag, random);
                running.readLock().lock();
                try {
                    outcome = Caller.call(agency.port(), key, order);
                } finally {
                    running.readLock().unlock();
                }
                if (outcome == Caller.Seen.NOBODY) pause();
                if (outcome == Caller.Seen.ANSWERED) answered.add(tag);
            }
            count(outcome);
            done.incrementAndGet();
        }
    }

    private void count(Caller.Seen outcome) {
        AtomicInteger counter = seen.get(outcome);
        if (counter != null) counter.incrementAndGet();
    }

    /**
     * The books, once the journal has been drained into them: read until they agree, or stop
     * changing to the end.
     */
    private Reckoning settled(int upstreamPort) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_TIMEOUT_S);
        while (true) {
            List<Served> served = Served.all(upstreamPort);
            Reckoning reckoning =
                    Reckoning.of(served, Entry.all(agency), answered, kills * callers)
                            .against(
                                    agency.manage("GET", "/api/v1/usage", "")
                                            .path("total_by_class"));
            boolean open = served.stream().anyMatch(s -> s.end().equals("open"));
            if ((!open && reckoning.discrepancies().isEmpty()) || System.nanoTime() > until)
                return reckoning;
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
