package agency.platform.projection;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the shards of a generation are shared out among the processes that would feed it. Every one
 * of them works it out for itself from the same rows: with {@code n} feeders in the order of their
 * names, the first {@code shards mod n} of them have one more than the rest. Who has too many gives
 * some back; who has too few takes what is free. Pure; whoever acts on it does so in the
 * transaction in which the rows were read.
 */
final class FairShare {
    private FairShare() {}

    /**
     * A shard as its row stands.
     *
     * @param owner who holds it, or held it last; null when it was given back
     * @param leased whether the owner's lease still runs, by the database's clock
     */
    record Row(
            int lane,
            int number,
            long epoch,
            long position,
            @Nullable String owner,
            boolean leased) {}

    /** What a feeder does about them. */
    record Plan(List<Row> keep, List<Row> take, List<Row> give) {}

    /**
     * The plan of one feeder.
     *
     * @param feeders everyone who would feed, in order, {@code self} among them
     */
    static Plan of(String self, List<String> feeders, List<Row> rows) {
        int place = feeders.indexOf(self);
        if (place < 0) {
            throw new IllegalArgumentException(self + " is none of the feeders");
        }
        int more = rows.size() % feeders.size();
        int due = rows.size() / feeders.size() + (place < more ? 1 : 0);
        List<Row> keep = new ArrayList<>();
        List<Row> give = new ArrayList<>();
        List<Row> take = new ArrayList<>();
        for (Row row : rows) {
            if (self.equals(row.owner)) {
                (keep.size() < due ? keep : give).add(row);
            }
        }
        for (Row row : rows) {
            boolean free = !self.equals(row.owner) && !row.leased;
            if (free && keep.size() + take.size() < due) {
                take.add(row);
            }
        }
        return new Plan(keep, take, give);
    }
}
