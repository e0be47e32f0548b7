package agency.platform.log;

import agency.kernel.fact.Position;
import agency.kernel.fault.Fault;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The group commit of one lane: one virtual thread that drains a bounded queue; each drain is one
 * call and one transaction. While one commit is under way the next batch gathers by itself, so
 * there is no timer.
 *
 * <p>When a connection breaks during a commit its outcome is unknown. The same batch with the same
 * ids is sent again on a new connection: the lane's row lock makes it wait for the first one's end,
 * and what had been recorded is recognised by its ids and answered as recorded.
 */
final class LaneAppender implements AutoCloseable {
    /** First and longest pause between tries of a batch, milliseconds. */
    private static final int FIRST_PAUSE_MS = 10;

    private static final int LONGEST_PAUSE_MS = 500;

    /** What {@code log.append} answers to requests of another life of the log. */
    private static final int ANOTHER_LIFE = 6;

    /** How long it waits at a time while there is nothing to append, milliseconds. */
    private static final int IDLE_MS = 100;

    /** How long {@link #close} waits for what is queued, milliseconds. */
    private static final int CLOSE_WITHIN_MS = 10_000;

    private final int lane;
    private final Links links;
    private final LogSettings settings;
    private final Time time;
    private final Committed committed;
    private final BlockingQueue<Prepared> queue;
    private final Thread thread;
    private @Nullable Link link;
    private @Nullable Prepared carried;
    private volatile boolean closing;

    LaneAppender(int lane, Links links, LogSettings settings, Committed committed) {
        this(lane, links, settings, committed, Time.REAL);
    }

    /** In another time than the real one: for simulations. */
    LaneAppender(int lane, Links links, LogSettings settings, Committed committed, Time time) {
        this.lane = lane;
        this.links = links;
        this.settings = settings;
        this.time = time;
        this.committed = committed;
        this.queue = new ArrayBlockingQueue<>(settings.queue());
        this.thread = Thread.ofVirtual().name("log-lane-" + lane).unstarted(this::run);
    }

    /** A connection for the appends of one lane. After an exception its outcome is unknown. */
    interface Link {
        AppendCall.Answers call(List<Prepared> requests) throws SQLException;

        /** Gives it back. */
        void close();

        /** Gives it up, since it broke. */
        void discard();
    }

    /** Makes connections; sees to it that what the one before left unfinished is at its end. */
    interface Links {
        Link open() throws SQLException;
    }

    /** Sleeps. */
    interface Pause {
        void ms(long ms) throws InterruptedException;
    }

    /**
     * The clock it goes by.
     *
     * @param answers where callers are told: never on the lane's own thread, which they could hold
     *     up
     */
    record Time(LongSupplier nanos, Pause pause, Executor answers) {
        static final Time REAL =
                new Time(System::nanoTime, Thread::sleep, Thread::startVirtualThread);
    }

    /**
     * Hears of commits to this lane: facts of these categories after one position up to another.
     */
    interface Committed {
        void upTo(UUID life, long before, long head, Set<String> categories);
    }

    void start() {
        thread.start();
    }

    /** Queues a request; fails it at once when the queue is full. */
    void submit(Prepared request) {
        if (closing) {
            request.answer().completeExceptionally(stopped());
        } else if (!queue.offer(request)) {
            request.answer()
                    .completeExceptionally(
                            Fault.passing(
                                    "log.overloaded",
                                    "More appends are waiting for the log than it takes in.",
                                    Map.of("waiting", Integer.toString(settings.queue())),
                                    null));
        }
    }

    private void run() {
        try {
            while (turn(closing ? 0 : IDLE_MS) || !closing) {
                // One batch after the other.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (link != null) {
                link.close();
            }
            if (carried != null) {
                carried.answer().completeExceptionally(stopped());
            }
            refuseQueued();
        }
    }

    /**
     * Commits one batch of what waits, or waits so long for something.
     *
     * @return whether there was something
     */
    boolean turn(long waitMs) throws InterruptedException {
        Prepared next = carried != null ? carried : queue.poll(waitMs, TimeUnit.MILLISECONDS);
        if (next == null) {
            return false;
        }
        carried = null;
        Prepared.Batch batch = Prepared.Batch.of(next);
        for (Prepared more = queue.poll(); more != null; more = queue.poll()) {
            if (!batch.add(more)) {
                carried = more;
                break;
            }
        }
        commit(batch.requests());
        return true;
    }

    /** Commits a batch; nothing is thrown, every future is completed. */
    private void commit(List<Prepared> requests) throws InterruptedException {
        long giveUp = time.nanos.getAsLong() + settings.resolveWithinMs() * 1_000_000L;
        boolean sent = false;
        int pause = FIRST_PAUSE_MS;
        while (true) {
            try {
                Link ready = connected();
                boolean again = sent;
                sent = true;
                AppendCall.Answers answers = ready.call(requests);
                answer(requests, answers, again);
                return;
            } catch (SQLException e) {
                disconnect();
                if (!Passing.is(e)) {
                    refuse(requests, e);
                    return;
                }
                if (time.nanos.getAsLong() > giveUp || (closing && !sent)) {
                    fail(requests, sent ? unknown(e) : unreachable(e));
                    return;
                }
            } catch (RuntimeException e) {
                disconnect();
                fail(requests, e);
                return;
            }
            time.pause.ms(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
        }
    }

    /** The database will not have this batch: finds the requests at fault by trying each alone. */
    private void refuse(List<Prepared> requests, SQLException cause) throws InterruptedException {
        if (requests.size() == 1) {
            fail(
                    requests,
                    Fault.lasting(
                            "log.refused",
                            "The database refused the append.",
                            Map.of("state", String.valueOf(cause.getSQLState())),
                            cause));
            return;
        }
        for (Prepared request : requests) {
            commit(List.of(request));
        }
    }

    private Link connected() throws SQLException {
        Link now = link;
        if (now == null) {
            now = links.open();
            link = now;
        }
        return now;
    }

    private void disconnect() {
        if (link != null) {
            link.discard();
            link = null;
        }
    }

    private void answer(List<Prepared> requests, AppendCall.Answers answers, boolean again) {
        UUID life = requests.getFirst().life();
        if (answers.status()[0] == ANOTHER_LIFE) {
            fail(requests, again ? unknown(null) : anotherLife());
            return;
        }
        List<@Nullable Appended> outcomes = new ArrayList<>(requests.size());
        int row = 0;
        int recorded = 0;
        Set<String> categories = new HashSet<>();
        for (Prepared request : requests) {
            Prepared.Row main = request.rows().getFirst();
            int status = (int) answers.status()[row];
            int version = (int) answers.version()[row];
            long position = answers.position()[row];
            outcomes.add(
                    switch (status) {
                        case 0 -> new Appended.Ok(version, at(life, position));
                        case 1 -> new Appended.WrongVersion(version);
                        case 2 ->
                                again
                                        ? earlier(main, version, at(life, position))
                                        : new Appended.Duplicate(at(life, position));
                        case 3 -> new Appended.Taken(kind(requests, version - 1));
                        default -> null;
                    });
            for (Prepared.Row one : request.rows()) {
                if (answers.status()[row++] == 0) {
                    recorded += one.facts().size();
                    categories.add(one.stream().category());
                }
            }
        }
        if (recorded > 0) {
            committed.upTo(life, answers.head() - recorded, answers.head(), categories);
        }
        time.answers.execute(() -> {
            for (int i = 0; i < outcomes.size(); i++) {
                complete(requests.get(i), outcomes.get(i));
            }
        });
    }

    private static void complete(Prepared request, @Nullable Appended outcome) {
        if (outcome == null) {
            request.answer()
                    .completeExceptionally(
                            new IllegalArgumentException(
                                    "the stream lies in another partition than it was given: "
                                            + request.rows().getFirst().stream()));
        } else {
            request.answer().complete(outcome);
        }
    }

    private static Appended earlier(Prepared.Row main, int version, Position first) {
        int more = main.facts().size() - 1;
        return new Appended.Ok(
                version + more,
                new Position(first.incarnation(), first.lane(), first.value() + more));
    }

    private Position at(UUID life, long position) {
        return new Position(life, lane, position);
    }

    private static String kind(List<Prepared> requests, int row) {
        int first = 0;
        for (Prepared request : requests) {
            if (row < first + request.rows().size()) {
                return String.valueOf(request.rows().get(row - first).kind());
            }
            first += request.rows().size();
        }
        throw new IllegalStateException("the database answered about a row that was not asked");
    }

    private void fail(List<Prepared> requests, Throwable cause) {
        time.answers.execute(() -> requests.forEach(r -> r.answer().completeExceptionally(cause)));
    }

    private void refuseQueued() {
        List<Prepared> left = new ArrayList<>();
        queue.drainTo(left);
        left.forEach(r -> r.answer().completeExceptionally(stopped()));
    }

    private static Fault stopped() {
        return Fault.passing("log.stopped", "The log is stopping.", Map.of(), null);
    }

    private static Fault unreachable(SQLException cause) {
        return Fault.passing(
                "log.unreachable", "The log's database cannot be reached.", Map.of(), cause);
    }

    private static Fault anotherLife() {
        return Fault.passing(
                EventLog.ANOTHER_LIFE,
                "The log was restored or has failed over since this was decided: it has to be"
                        + " decided again.",
                Map.of(),
                null);
    }

    private static Fault unknown(@Nullable SQLException cause) {
        return Fault.passing(
                "log.outcome-unknown",
                "The database went away during a commit and did not come back: whether the append"
                        + " was recorded is unknown. The same request with the same id finds out.",
                Map.of(),
                cause);
    }

    /** Drains what is queued, within a bounded time, and stops. */
    @Override
    public void close() {
        closing = true;
        try {
            if (!thread.join(Duration.ofMillis(CLOSE_WITHIN_MS))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
        refuseQueued();
    }
}
