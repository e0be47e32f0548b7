package agency.access.view;

import agency.kernel.fact.FactMeta;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import java.time.Instant;
import java.util.UUID;

/** Facts as a view gets them, without a log. */
public final class Facts {
    private static final UUID NOBODY = new UUID(0, 0);

    private Facts() {}

    /** A fact of this stream, recorded whenever. */
    public static Recorded of(StreamName stream, Record fact) {
        return new Recorded(
                new Position(NOBODY, 0, 1),
                stream,
                1,
                NOBODY,
                new FactType<>("access.any.thing", 1, fact.getClass()),
                Instant.EPOCH,
                new FactMeta("test", NOBODY, null),
                fact);
    }
}
