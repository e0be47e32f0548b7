package agency.platform.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The embedded PostgreSQL of another process on this machine, found by its files. */
public final class RunningServer {
    private static final int PORT_LINE = 3;
    private static final int STATUS_LINE = 7;

    private RunningServer() {}

    /**
     * How the owner connects to a database of the server that works on this folder, as {@code
     * postgresql://…} with the password; empty when none runs or we may not read its files.
     *
     * @param home the folder that {@link EmbeddedPostgres} was given
     */
    public static Optional<String> ownerUrl(Path home, String database) {
        try {
            List<String> lines = Files.readAllLines(home.resolve("data/postmaster.pid"));
            boolean ready =
                    lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
            boolean alive =
                    ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                            .filter(ProcessHandle::isAlive)
                            .isPresent();
            if (!ready || !alive) {
                return Optional.empty();
            }
            String password = Files.readString(home.resolve("password")).strip();
            return Optional.of(
                    "postgresql://127.0.0.1:%d/%s?user=%s&password=%s"
                            .formatted(
                                    Integer.parseInt(lines.get(PORT_LINE).strip()),
                                    database,
                                    Cluster.OWNER,
                                    password));
        } catch (IOException | NumberFormatException noServer) {
            return Optional.empty();
        }
    }
}
