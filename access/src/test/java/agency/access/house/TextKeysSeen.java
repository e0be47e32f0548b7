package agency.access.house;

import agency.access.port.TextKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Notes what is asked of the keys: a log in memory encrypts nothing. */
public final class TextKeysSeen implements TextKeys {
    /** Whose key was destroyed. */
    public final List<UUID> destroyed = new ArrayList<>();

    /** How often all were forgotten. */
    public int forgotten;

    @Override
    public void destroy(int tenant, UUID person) {
        destroyed.add(person);
    }

    @Override
    public void forget() {
        forgotten++;
    }
}
