package agency.app;

import agency.access.AccessContext;
import agency.access.api.Opened;
import agency.app.profile.Profile;
import agency.platform.crypto.Secret;
import agency.platform.house.Part;
import agency.platform.postgres.DataDirectory;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens the installation, or finds it open: organisation, project, administrator, first key. Before
 * any request comes.
 */
final class Opening implements Part {
    static final String NAME = "installation";

    private final AccessContext access;
    private final DataDirectory data;
    private @Nullable Opened opened;

    Opening(AccessContext access, DataDirectory data) {
        this.access = access;
        this.data = data;
    }

    Opened opened() {
        return Objects.requireNonNull(opened, "not started");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String purpose() {
        return "Opens the organisation, its first project and its administrator.";
    }

    @Override
    public List<String> uses() {
        return List.of("projections", "instances");
    }

    @Override
    public void start() {
        opened =
                access.open(
                        Profile.existsIn(data.root())
                                ? Secret.of(Profile.read(data.root()).token())
                                : null);
    }

    @Override
    public void close() {
        opened = null;
    }
}
