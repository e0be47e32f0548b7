package agency.app.profile;

import agency.kernel.fault.Fault;
import agency.kernel.fault.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * How the command line reaches an Agency: kept as {@code cli.yaml}, mode 0600, in the data
 * directory, and written by the running Agency itself, so that whoever can read the data directory
 * is a local administrator.
 *
 * @param address where it listens
 * @param token an administrator key
 * @param chatKey the project key that {@code agency chat} made for itself, if it did
 */
public record Profile(URI address, String token, @Nullable String chatKey) {
    private static final String FILE = "cli.yaml";
    private static final YAMLMapper YAML = new YAMLMapper();

    /**
     * The data directory to use when none is given: {@code AGENCY_DATA}, else {@code ~/.agency}.
     */
    public static Path defaultData() {
        String fromEnvironment = System.getenv("AGENCY_DATA");
        return fromEnvironment == null || fromEnvironment.isBlank()
                ? Path.of(System.getProperty("user.home"), ".agency")
                : Path.of(fromEnvironment);
    }

    /** Whether a data directory holds a profile. */
    public static boolean existsIn(Path data) {
        return Files.isRegularFile(data.resolve(FILE));
    }

    /**
     * Reads the profile of a data directory; throws a {@link Fault} that says what to do when there
     * is none.
     */
    public static Profile read(Path data) {
        Path file = data.resolve(FILE);
        try {
            Map<String, String> fields =
                    YAML.readValue(
                            Files.readString(file), new TypeReference<Map<String, String>>() {});
            String address = fields.get("address");
            String token = fields.get("token");
            if (address == null || token == null) {
                throw unreadable(file, "it lacks address or token", null);
            }
            return new Profile(URI.create(address), token, fields.get("chat_key"));
        } catch (java.nio.file.NoSuchFileException none) {
            throw Fault.lasting(
                    "cli.no-profile",
                    "No Agency has been started on "
                            + data
                            + " yet. Start one with: agency up"
                            + (data.equals(defaultData()) ? "" : " --data " + data),
                    Map.of("data", data.toString()),
                    null);
        } catch (IOException | JacksonException | IllegalArgumentException broken) {
            throw unreadable(file, "it cannot be read", broken);
        }
    }

    /** Writes the profile so that only this user can read it; replaces the old one in one step. */
    public void write(Path data) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("address", address.toString());
        fields.put("token", token);
        if (chatKey != null) {
            fields.put("chat_key", chatKey);
        }
        Path file = data.resolve(FILE);
        try {
            Path fresh =
                    Files.createTempFile(
                            data,
                            ".cli",
                            ".yaml",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, YAML.writeValueAsString(fields));
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw Fault.lasting(
                    "cli.profile-unwritable",
                    "The profile " + file + " cannot be written: " + Reason.of(failed),
                    Map.of("file", file.toString()),
                    failed);
        }
    }

    /** The same profile with a project key for {@code agency chat}. */
    public Profile withChatKey(@Nullable String key) {
        return new Profile(address, token, key);
    }

    /** Never shows the token. */
    @Override
    public String toString() {
        return "Profile[" + address + "]";
    }

    private static Fault unreadable(Path file, String why, @Nullable Exception cause) {
        return Fault.lasting(
                "cli.profile-unreadable",
                "The profile "
                        + file
                        + " is of no use: "
                        + why
                        + ". Start Agency again and it is written anew.",
                Map.of("file", file.toString()),
                cause);
    }
}
