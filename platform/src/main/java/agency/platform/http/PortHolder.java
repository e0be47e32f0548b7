package agency.platform.http;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds out who listens on a port, as far as this user may know (Linux: {@code /proc}). */
public final class PortHolder {
    /** State LISTEN in {@code /proc/net/tcp}. */
    private static final String LISTENING = "0A";

    private static final int MAX_COMMAND = 120;

    private PortHolder() {}

    /** The process, as {@code java -jar x.jar (pid 42)}; empty when it cannot be told. */
    public static Optional<String> of(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            sockets.addAll(listening(Path.of(table), port));
        }
        if (sockets.isEmpty()) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, sockets)) {
                    return Optional.of(command(process) + " (pid " + process.getFileName() + ")");
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.of("a process of another user");
    }

    private static Set<String> listening(Path table, int port) {
        Set<String> sockets = new HashSet<>();
        String wanted = ":" + String.format(Locale.ROOT, "%04X", port);
        try {
            for (String line : Files.readAllLines(table)) {
                String[] columns = line.strip().split("\\s+");
                if (columns.length > 9
                        && columns[1].endsWith(wanted)
                        && columns[3].equals(LISTENING)) {
                    sockets.add("socket:[" + columns[9] + "]");
                }
            }
        } catch (IOException e) {
            return sockets;
        }
        return sockets;
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)
                        && sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return false; // Another user's process, or one that has just ended.
        }
        return false;
    }

    /**
     * Both ends of a long command say more than its beginning: a Java program's name stands last.
     */
    private static String shortened(String line) {
        return line.length() > MAX_COMMAND
                ? line.substring(0, MAX_COMMAND / 2)
                        + " … "
                        + line.substring(line.length() - MAX_COMMAND / 2)
                : line;
    }

    private static String command(Path process) {
        try {
            String line = Files.readString(process.resolve("cmdline")).replace('\0', ' ').strip();
            return shortened(line);
        } catch (IOException e) {
            return "a process";
        }
    }
}
