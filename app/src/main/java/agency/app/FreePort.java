package agency.app;

import agency.platform.house.Part;
import agency.platform.http.HttpServerPart;
import agency.platform.postgres.DataDirectory;
import java.util.List;

/**
 * Looks whether the port is free before anything is made. Else a first start would found the
 * installation, fail at its last step, and its first key would have been shown to nobody.
 */
final class FreePort implements Part {
    private final HttpServerPart http;

    FreePort(HttpServerPart http) {
        this.http = http;
    }

    @Override
    public String name() {
        return "free-port";
    }

    @Override
    public String purpose() {
        return "Looks at the start whether the port is free.";
    }

    /** After the folder's lock: who holds the folder as well is the better answer. */
    @Override
    public List<String> uses() {
        return List.of(DataDirectory.NAME);
    }

    @Override
    public void start() {
        http.probe();
    }

    @Override
    public void close() {
        // Nothing was kept.
    }
}
