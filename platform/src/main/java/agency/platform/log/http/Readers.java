package agency.platform.log.http;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Who reads live streams at the moment, bounded in all and of one caller. */
final class Readers {
    /** Most live streams at once. */
    static final int MOST = 64;

    /** Most of one key or session, so that one caller cannot keep all others out. */
    static final int MOST_OF_ONE = 16;

    private final Map<UUID, Integer> reading = new HashMap<>();
    private int inAll;

    /** Whether this caller could begin another one now. */
    synchronized boolean hasRoomFor(UUID reader) {
        return inAll < MOST && reading.getOrDefault(reader, 0) < MOST_OF_ONE;
    }

    /** Takes a place, if one is free. */
    synchronized boolean enter(UUID reader) {
        if (!hasRoomFor(reader)) {
            return false;
        }
        inAll++;
        reading.merge(reader, 1, Integer::sum);
        return true;
    }

    /** Gives a place back. */
    synchronized void leave(UUID reader) {
        inAll--;
        reading.computeIfPresent(reader, (id, places) -> places == 1 ? null : places - 1);
    }
}
