package agency.access.adapter.http;

import agency.access.domain.role.Standing;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * As what those act who came in by a token of another issuer, of whom nothing is recorded: known
 * for as long as it takes to answer them.
 */
public final class ForeignCallers {
    /** Most that are remembered; those who came longest ago are forgotten first. */
    static final int MOST = 10_000;

    private final Map<UUID, Standing> seen =
            Collections.synchronizedMap(
                    new LinkedHashMap<>(16, 0.75f, true) {
                        private static final long serialVersionUID = 1;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<UUID, Standing> eldest) {
                            return size() > MOST;
                        }
                    });

    /** Somebody was let in as this. */
    void seen(UUID caller, Standing standing) {
        seen.put(caller, standing);
    }

    /** As what somebody was let in; empty when it was not by such a token. */
    Optional<Standing> standing(UUID caller) {
        return Optional.ofNullable(seen.get(caller));
    }
}
