package agency.platform.log.http;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.platform.http.Authenticator;
import agency.platform.http.Call;
import agency.platform.http.Paging;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.log.EventLog;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/**
 * Which facts are asked for.
 *
 * @param after the position before the first one
 * @param limit at most so many
 * @param categories only these categories of streams, unless empty
 * @param type only this type, if present
 * @param stream only the stream {@code tenant/category/key}, if present
 * @param actor only what this key, person or part caused, if present
 * @param correlation only what one request caused, if present
 * @param causation only what this fact caused, if present
 * @param id only the fact of this id, if present
 * @param tenant only this organisation's, unless the caller may see the installation's
 */
record EventQuery(
        Position after,
        int limit,
        Set<String> categories,
        Optional<String> type,
        Optional<String> stream,
        Optional<String> actor,
        Optional<UUID> correlation,
        Optional<UUID> causation,
        Optional<UUID> id,
        OptionalInt tenant) {
    /** The code of what is said about a position of another life of the log. */
    static final String ANOTHER_LIFE = "position-of-another-life";

    /**
     * Reads the query.
     *
     * @param live whether to begin at the head unless told otherwise
     */
    static EventQuery of(Call call, EventLog log, boolean live) {
        int lane = number(call.query("lane"), "lane", 0, log.lanes() - 1, 0);
        Optional<String> after =
                live
                        ? call.header("Last-Event-ID").or(() -> call.query("after"))
                        : call.query("after");
        Position from =
                after.map(text -> position(text, lane, log))
                        .orElseGet(() -> live ? log.head(lane) : in(log, lane, 0));
        return new EventQuery(
                from,
                Paging.limit(call),
                call.query("category").map(Set::of).orElse(Set.of()),
                call.query("type"),
                call.query("stream"),
                call.query("actor"),
                uuid(call, "correlation"),
                uuid(call, "causation"),
                uuid(call, "id"),
                whose(call.principal()));
    }

    /**
     * An organisation sees its own facts; all are seen by those who look after the installation.
     */
    private static OptionalInt whose(Authenticator.Principal caller) {
        return caller.permissions().contains(Permission.INSTALLATION)
                ? OptionalInt.empty()
                : OptionalInt.of(caller.tenant());
    }

    private static Optional<UUID> uuid(Call call, String name) {
        try {
            return call.query(name).map(UUID::fromString);
        } catch (IllegalArgumentException e) {
            throw Paging.wrong(name, "must be a UUID, as facts show it");
        }
    }

    boolean wants(Recorded fact) {
        return (tenant.isEmpty() || tenant.getAsInt() == fact.stream().tenant())
                && type.map(fact.type().name()::equals).orElse(true)
                && stream.map(name(fact)::equals).orElse(true)
                && actor.map(fact.meta().actor()::equals).orElse(true)
                && correlation.map(fact.meta().correlation()::equals).orElse(true)
                && causation.map(cause -> cause.equals(fact.meta().causation())).orElse(true)
                && id.map(fact.id()::equals).orElse(true);
    }

    List<Recorded> read(EventLog log, long from, long head, int atMost) {
        return log.lane(after.lane(), from, head, atMost, categories);
    }

    private static String name(Recorded fact) {
        return fact.stream().tenant() + "/" + fact.stream().category() + "/" + fact.stream().key();
    }

    private static int number(
            Optional<String> text, String name, int least, int most, int otherwise) {
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text.get());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw Paging.wrong(name, "must be a number from " + least + " to " + most);
    }

    /** A number, or {@code lane:value@incarnation} as answers give it. */
    private static Position position(String text, int lane, EventLog log) {
        try {
            int colon = text.indexOf(':');
            int at = text.indexOf('@');
            if (colon < 0 && at < 0) {
                return in(log, lane, atLeastZero(Long.parseLong(text)));
            }
            int itsLane = Integer.parseInt(text.substring(0, colon));
            long value = atLeastZero(Long.parseLong(text.substring(colon + 1, at)));
            UUID incarnation = UUID.fromString(text.substring(at + 1));
            if (!incarnation.equals(log.head(lane).incarnation())) {
                throw anotherLife();
            }
            if (itsLane >= 0 && itsLane < log.lanes()) {
                return new Position(incarnation, itsLane, value);
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // Said below.
        }
        throw new Problem(
                400,
                "parameter-wrong",
                "A parameter is wrong",
                "after must be a position as answers give it (lane:value@incarnation), or a number"
                        + " from 0.");
    }

    /** A position in the log as the database has it now, which may be newer than is known here. */
    private static Position in(EventLog log, int lane, long value) {
        return new Position(log.head(lane).incarnation(), lane, value);
    }

    /** Says that a position means nothing in the log as it is now. */
    static Problem anotherLife() {
        return new Problem(
                409,
                ANOTHER_LIFE,
                "The log was restored since",
                "This position belongs to another life of the log: begin again from 0.");
    }

    private static long atLeastZero(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative");
        }
        return value;
    }
}
