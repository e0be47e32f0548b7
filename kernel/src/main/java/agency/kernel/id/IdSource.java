package agency.kernel.id;

import java.util.UUID;

/** Where new ids come from; stands at the edge, so that what is decided can be replayed. */
@FunctionalInterface
public interface IdSource {
    /** A new id, never given before. */
    UUID next();
}
