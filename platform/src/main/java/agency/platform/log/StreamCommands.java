package agency.platform.log;

import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Commands on streams of the log: read, decide, append at the version read, again if it moved. */
public final class StreamCommands implements Commands {
    /** Facts read at once. */
    private static final int PAGE = 1_000;

    /** After so many facts read it pays to keep what was made of them. */
    static final int LONG = 256;

    private final EventLog log;
    private final Snapshots snapshots;

    /** Commands on this log, every stream read from its first fact on. */
    public StreamCommands(EventLog log) {
        this(log, Snapshots.NONE);
    }

    /** Commands on this log; what long streams come to is kept. */
    public StreamCommands(EventLog log, Snapshots snapshots) {
        this.log = log;
        this.snapshots = snapshots;
    }

    private record Past<S>(S state, int version, Position at) {}

    @Override
    public <C, S, E, R> Handled<E, R> handle(
            StreamName stream,
            Decider<C, S, E, R> decider,
            C command,
            FactMeta meta,
            List<Append.Claim> claims,
            Function<String, R> taken) {
        Past<S> past = begun(stream, decider);
        for (int tried = 0; tried < MAX_TRIES; tried++) {
            if (tried > 0) {
                past = further(stream, decider, past);
            }
            Decision<E, R> decision = decider.decide(command, past.state);
            if (decision instanceof Decision.Rejected<E, R> rejected) {
                return new Handled.Refused<>(rejected.reason());
            }
            List<E> events = ((Decision.Accepted<E, R>) decision).events();
            if (events.isEmpty()) {
                return new Handled.Done<>(events, past.version, past.at);
            }
            Append append = new Append(stream, past.version, facts(events), meta, null, claims);
            switch (appended(append)) {
                case Appended.Ok ok -> {
                    return new Handled.Done<>(events, ok.version(), ok.last());
                }
                case Appended.Taken no -> {
                    return new Handled.Refused<>(taken.apply(no.kind()));
                }
                case Appended.WrongVersion moved -> {}
                case Appended.Duplicate twice ->
                        throw new IllegalStateException("a new id was used before: " + twice);
            }
        }
        throw Fault.passing(
                "log.contended",
                "Others kept changing what this was to be decided on.",
                Map.of("tries", Integer.toString(MAX_TRIES), "category", stream.category()),
                null);
    }

    /**
     * What a stream has come to. Only who finds that it is long asks whether something is kept of
     * it, and keeps what it came to when that was far from it.
     */
    private <S, E> Past<S> begun(StreamName stream, Decider<?, S, E, ?> decider) {
        Past<S> none = new Past<>(decider.initial(), 0, new Position(log.incarnation(), 0, 0));
        Past<S> first = page(stream, decider, none, LONG);
        if (first.version < LONG) {
            return first;
        }
        Optional<Past<S>> kept =
                snapshots
                        .read(stream, decider)
                        .filter(one -> one.version() >= first.version)
                        .map(one -> new Past<>(one.state(), one.version(), one.at()));
        Past<S> now = further(stream, decider, kept.orElse(first));
        if (now.version - kept.map(Past::version).orElse(0) >= LONG) {
            snapshots.keep(stream, decider, new Snapshots.Kept<>(now.state, now.version, now.at));
        }
        return now;
    }

    private <S, E> Past<S> further(StreamName stream, Decider<?, S, E, ?> decider, Past<S> past) {
        Past<S> now = past;
        while (true) {
            Past<S> next = page(stream, decider, now, PAGE);
            if (next.version < now.version + PAGE) {
                return next;
            }
            now = next;
        }
    }

    private <S, E> Past<S> page(
            StreamName stream, Decider<?, S, E, ?> decider, Past<S> past, int limit) {
        List<Recorded> page = log.stream(stream, past.version, limit);
        S state = past.state;
        for (Recorded fact : page) {
            state = decider.evolve(state, event(fact.fact()));
        }
        return page.isEmpty()
                ? past
                : new Past<>(state, page.getLast().version(), page.getLast().position());
    }

    @SuppressWarnings({
        "unchecked",
        "TypeParameterUnusedInFormals"
    }) // a stream holds only the facts of its own decider
    private static <E> E event(Record fact) {
        return (E) fact;
    }

    private static List<Record> facts(List<?> events) {
        List<Record> facts = new ArrayList<>(events.size());
        for (Object event : events) {
            if (!(event instanceof Record fact)) {
                throw new IllegalArgumentException("only records can be recorded, not " + event);
            }
            facts.add(fact);
        }
        return facts;
    }

    private Appended appended(Append append) {
        try {
            return log.append(append).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Fault fault) {
                throw fault;
            }
            throw e;
        }
    }
}
