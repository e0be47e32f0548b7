package agency.app.cli;

import agency.app.profile.Profile;
import agency.kernel.fault.Fault;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options with which a command says which Agency it means. */
final class Reach {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The data directory of the Agency meant (default: as for `agency up` from this"
                            + " folder).")
    @Nullable Path data;

    @Option(
            names = "--address",
            paramLabel = "URL",
            description = "Its address, when not the one it wrote down.")
    @Nullable URI address;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file with an administrator key to use.")
    @Nullable Path tokenFile;

    /** The folder that a start from here would take, so that both speak of the same Agency. */
    Path directory() {
        if (data != null) {
            return data;
        }
        try {
            return new StartOptions().configuration(List.of()).values().data();
        } catch (Fault unusable) {
            // Whoever starts is told what is wrong with the settings; here they are not needed.
            return Profile.defaultData();
        }
    }

    Profile profile() {
        if (address != null && tokenFile != null) {
            return new Profile(address, Text.firstLine(tokenFile), null);
        }
        Profile written = Profile.read(directory());
        return new Profile(
                address == null ? written.address() : address,
                tokenFile == null ? written.token() : Text.firstLine(tokenFile),
                written.chatKey());
    }

    AgencyClient client() {
        Profile profile = profile();
        return new AgencyClient(profile.address(), profile.token());
    }
}
