package agency.platform.log.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * Where the log stood at a moment, to be kept outside its database.
 *
 * @param at when it was written
 * @param incarnation which life of the log
 * @param lanes the head and its seal, by lane
 * @param types how many types of facts were registered
 * @param typesHash the hash over those
 */
record Checkpoint(Instant at, UUID incarnation, List<Lane> lanes, int types, String typesHash) {
    /** The seal of a lane's head, as lower-case hexadecimal digits; empty at position 0. */
    record Lane(int lane, long position, String hash) {}

    /** One line of words: what is signed. */
    String text() {
        StringBuilder line =
                new StringBuilder("checkpoint-1 ")
                        .append(at)
                        .append(' ')
                        .append(incarnation)
                        .append(" types ")
                        .append(types)
                        .append(' ')
                        .append(typesHash);
        for (Lane lane : lanes) {
            line.append(" lane ")
                    .append(lane.lane)
                    .append(' ')
                    .append(lane.position)
                    .append(' ')
                    .append(lane.hash.isEmpty() ? "-" : lane.hash);
        }
        return line.toString();
    }

    /** Reads {@link #text}; throws {@link IllegalArgumentException} when it is no checkpoint. */
    static Checkpoint parse(String text) {
        String[] words = text.split(" ", -1);
        if (words.length < 6 || !words[0].equals("checkpoint-1") || (words.length - 6) % 4 != 0) {
            throw new IllegalArgumentException("not a checkpoint");
        }
        List<Lane> lanes = new ArrayList<>();
        for (int i = 6; i < words.length; i += 4) {
            lanes.add(
                    new Lane(
                            Integer.parseInt(words[i + 1]),
                            Long.parseLong(words[i + 2]),
                            words[i + 3].equals("-") ? "" : words[i + 3]));
        }
        return new Checkpoint(
                Instant.parse(words[1]),
                UUID.fromString(words[2]),
                lanes,
                Integer.parseInt(words[4]),
                words[5]);
    }

    static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}
