package agency.app;

import agency.app.profile.Profile;
import agency.platform.crypto.Secret;
import agency.platform.house.Part;
import agency.platform.http.HttpServerPart;
import agency.platform.postgres.DataDirectory;
import java.net.URI;
import java.util.List;

/**
 * Writes down where Agency listens and a key for the command line. The last part: when it is up, so
 * is Agency.
 */
final class LocalProfile implements Part {
    private final Opening opening;
    private final HttpServerPart http;
    private final DataDirectory data;

    LocalProfile(Opening opening, HttpServerPart http, DataDirectory data) {
        this.opening = opening;
        this.http = http;
        this.data = data;
    }

    @Override
    public String name() {
        return "local-profile";
    }

    @Override
    public String purpose() {
        return "Tells the command line where Agency is.";
    }

    @Override
    public List<String> uses() {
        return List.of(Opening.NAME, HttpServerPart.NAME);
    }

    @Override
    public void start() {
        Profile before = Profile.existsIn(data.root()) ? Profile.read(data.root()) : null;
        String token =
                opening.opened()
                        .profile()
                        .map(Secret::reveal)
                        .orElseGet(() -> before == null ? "" : before.token());
        new Profile(URI.create(http.address()), token, before == null ? null : before.chatKey())
                .write(data.root());
        data.describe("process " + ProcessHandle.current().pid() + " at " + http.address());
    }

    @Override
    public void close() {
        // The profile stays: the next start writes it anew.
    }
}
