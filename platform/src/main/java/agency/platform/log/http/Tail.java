package agency.platform.log.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fault.Fault;
import agency.platform.json.Json;
import agency.platform.log.EventLog;
import agency.platform.log.codec.FactCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One live stream of facts, as server-sent events: none left out, none twice. It ends when the
 * client leaves, when the log begins another life, and when the caller's right to read it ends.
 * Whoever comes again with the last id goes on exactly behind it.
 */
final class Tail {
    /** The code of the last word to a caller whose key or session ended, or who may less now. */
    static final String NO_LONGER_ALLOWED = "no-longer-allowed";

    private static final int CHUNK = 1_000;

    /** How often a silent stream shows that it lives, and how far it has read. */
    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** How often it is asked whether the caller may still read, when nothing is recorded. */
    private static final long LOOK_AGAIN_MS = 1_000;

    private final EventLog log;
    private final FactCodec codec;
    private final EventQuery query;
    private final BooleanSupplier allowed;
    private final OutputStream out;
    private long at;
    private long spokeNanos = System.nanoTime();

    /**
     * A stream that has not begun.
     *
     * @param allowed whether the caller may still read
     */
    Tail(
            EventLog log,
            FactCodec codec,
            EventQuery query,
            BooleanSupplier allowed,
            OutputStream out) {
        this.log = log;
        this.codec = codec;
        this.query = query;
        this.allowed = allowed;
        this.out = out;
        this.at = query.after().value();
    }

    /** Streams until an end, in a place of this caller's; says so when none is free. */
    void whileAPlaceIsFree(Readers readers, UUID reader) throws IOException, InterruptedException {
        if (!readers.enter(reader)) {
            problem("too-many-tails");
            return;
        }
        try {
            problem(untilItsEnd());
        } finally {
            readers.leave(reader);
        }
    }

    @SuppressWarnings("try") // it listens as long as it is open
    private String untilItsEnd() throws IOException, InterruptedException {
        Semaphore commits = new Semaphore(0);
        try (AutoCloseable listening = log.onCommit(commits::release)) {
            say(": live\n\n");
            while (true) {
                Position head = log.head(query.after().lane());
                if (!head.incarnation().equals(query.after().incarnation())
                        || !log.incarnation().equals(head.incarnation())) {
                    return EventQuery.ANOTHER_LIFE;
                }
                if (!upTo(head.value())) {
                    return NO_LONGER_ALLOWED;
                }
                if (commits.tryAcquire(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS)) {
                    commits.drainPermits();
                }
            }
        } catch (Fault e) {
            return e.code().equals(EventLog.ANOTHER_LIFE) ? EventQuery.ANOTHER_LIFE : e.code();
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("listening to the log did not end", e);
        }
    }

    /**
     * Says what there is until then; false as soon as the caller may not read on. It is asked after
     * the facts were read, so that none recorded after a revocation has returned is ever said.
     */
    private boolean upTo(long head) throws IOException {
        while (at < head) {
            List<Recorded> facts = query.read(log, at, head, CHUNK);
            if (!allowed.getAsBoolean()) {
                return false;
            }
            for (Recorded fact : facts) {
                if (query.wants(fact)) {
                    ShownFact shown = ShownFact.of(fact, codec);
                    out.write(("id: " + shown.position() + "\n").getBytes(UTF_8));
                    event(out, "fact", shown);
                    spokeNanos = System.nanoTime();
                }
            }
            at = facts.size() < CHUNK ? head : facts.getLast().position().value();
            out.flush();
            keepAlive();
        }
        keepAlive();
        return allowed.getAsBoolean();
    }

    /** An id without data: a client that comes again need not read again what it did not want. */
    private void keepAlive() throws IOException {
        if (System.nanoTime() - spokeNanos >= KEEP_ALIVE_NANOS) {
            Position here = query.after();
            say(": still here\nid: " + new Position(here.incarnation(), here.lane(), at) + "\n\n");
        }
    }

    private void say(String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
        spokeNanos = System.nanoTime();
    }

    private void problem(String code) throws IOException {
        event(out, "problem", Map.of("code", code));
    }

    static void event(OutputStream out, String name, Object data) throws IOException {
        out.write(("event: " + name + "\ndata: " + Json.text(data) + "\n\n").getBytes(UTF_8));
    }
}
