package agency.platform.log;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds where the log stood at a moment. The moments of a lane's facts never go back, so one as of
 * a moment is one as of a position, found by halving.
 */
public final class Moments {
    private static final Pattern POSITION = Pattern.compile("(\\d{1,2}):(\\d{1,18})");

    private final EventLog log;

    /** Moments of this log. */
    public Moments(EventLog log) {
        this.log = log;
    }

    /**
     * A point in the log's time.
     *
     * @param positions the last fact of each lane that had been recorded by then; 0 for none
     * @param at the moment; of a position, that at which its fact was recorded
     */
    public record Point(List<Long> positions, Instant at) {
        /** Copies. */
        public Point {
            positions = List.copyOf(positions);
        }

        /** As answers tell it: the moment, then {@code lane:value} of each lane. */
        @Override
        public String toString() {
            StringBuilder shown = new StringBuilder(at.toString());
            for (int lane = 0; lane < positions.size(); lane++) {
                shown.append(lane == 0 ? ' ' : ',').append(lane).append(':');
                shown.append(positions.get(lane));
            }
            return shown.toString();
        }
    }

    /** What was asked for cannot be a point in the log's time. */
    public static final class NoSuchPoint extends Exception {
        NoSuchPoint(String why) {
            super(why, null, false, false);
        }
    }

    /**
     * Reads a point as people write it: a moment (RFC 3339), or a position ({@code lane:value}) as
     * events show it. Blocks. Throws {@link NoSuchPoint} with a sentence that says what would be
     * right.
     *
     * @param now later than which nothing can be asked for
     */
    public Point point(String text, Instant now) throws NoSuchPoint {
        Matcher position = POSITION.matcher(text);
        if (position.matches()) {
            return point(Integer.parseInt(position.group(1)), Long.parseLong(position.group(2)));
        }
        Instant moment;
        try {
            moment = OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new NoSuchPoint(
                    "must be a moment like 2026-11-26T12:00:00Z or a position like 0:1234");
        }
        if (moment.isAfter(now)) {
            throw new NoSuchPoint("must not lie in the future");
        }
        return at(moment);
    }

    private Point point(int lane, long value) throws NoSuchPoint {
        if (lane >= log.lanes()) {
            throw new NoSuchPoint("names a lane above " + (log.lanes() - 1));
        }
        Position head = log.head(lane);
        if (value < 1 || value > head.value()) {
            throw new NoSuchPoint(
                    "names no fact: lane " + lane + " goes from 1 to " + head.value());
        }
        Instant moment =
                log.at(lane, List.of(value)).stream()
                        .findFirst()
                        .map(Recorded::recordedAt)
                        .orElseThrow(() -> new NoSuchPoint("names a fact that lies in an archive"));
        Point point = at(moment);
        List<Long> positions = new ArrayList<>(point.positions);
        positions.set(lane, value);
        return new Point(positions, moment);
    }

    /** Where the log stood at a moment. Blocks. */
    public Point at(Instant moment) {
        List<Long> positions = new ArrayList<>();
        for (int lane = 0; lane < log.lanes(); lane++) {
            long not = log.head(lane).value() + 1;
            long by = 0;
            while (not - by > 1) {
                long middle = by + (not - by) / 2;
                boolean recorded = moment(lane, middle).map(at -> !at.isAfter(moment)).orElse(true);
                by = recorded ? middle : by;
                not = recorded ? not : middle;
            }
            positions.add(by);
        }
        return new Point(positions, moment);
    }

    /** When a fact was recorded; of one that lies in an archive, the next one that does not. */
    private Optional<Instant> moment(int lane, long position) {
        return log.lane(lane, position - 1, 1, Set.of()).stream()
                .findFirst()
                .map(Recorded::recordedAt);
    }
}
