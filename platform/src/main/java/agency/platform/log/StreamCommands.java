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
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Commands on streams of the log: read, decide, append at the version read, again if it moved. */
public final class StreamCommands implements Commands {
    /** Facts read at once. */
    private static final int PAGE = 1_000;

    private final EventLog log;

    /** Commands on this log. */
    public StreamCommands(EventLog log) {
        this.log = log;
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
        Past<S> past = new Past<>(decider.initial(), 0, new Position(log.incarnation(), 0, 0));
        for (int tried = 0; tried < MAX_TRIES; tried++) {
            past = further(stream, decider, past);
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

    private <S, E> Past<S> further(StreamName stream, Decider<?, S, E, ?> decider, Past<S> past) {
        Past<S> now = past;
        while (true) {
            List<Recorded> page = log.stream(stream, now.version, PAGE);
            S state = now.state;
            for (Recorded fact : page) {
                state = decider.evolve(state, event(fact.fact()));
            }
            if (!page.isEmpty()) {
                now = new Past<>(state, page.getLast().version(), page.getLast().position());
            }
            if (page.size() < PAGE) {
                return now;
            }
        }
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
