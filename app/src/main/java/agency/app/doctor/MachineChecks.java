package agency.app.doctor;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What can be seen of this machine without asking the running Agency. */
public final class MachineChecks {
    private static final int JAVA = 25;
    private static final long DISK_BAD_BYTES = 500_000_000L;
    private static final long DISK_WARNING_BYTES = 3_000_000_000L;
    private static final long MEMORY_BAD_BYTES = 400_000_000L;
    private static final long MEMORY_WARNING_BYTES = 1_200_000_000L;
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);

    private final Path data;
    private final String host;
    private final int port;
    private final boolean running;

    /**
     * Checks for an Agency on this data directory.
     *
     * @param running whether one answers already, which explains a busy port
     */
    public MachineChecks(Path data, String host, int port, boolean running) {
        this.data = data;
        this.host = host;
        this.port = port;
        this.running = running;
    }

    /** Looks at everything. */
    public List<Finding> findings() {
        return List.of(
                java(Runtime.version().feature()),
                disk(),
                memory(availableMemory()),
                port(),
                clock(Instant.now(), builtAt()));
    }

    static Finding java(int feature) {
        String seen = "Java " + feature + " (" + System.getProperty("java.vendor") + ")";
        return feature >= JAVA
                ? Finding.good("java", seen)
                : Finding.bad("java", seen, "Install a JDK " + JAVA + " and set JAVA_HOME to it.");
    }

    Finding disk() {
        Path existing = data.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        try {
            FileStore store = Files.getFileStore(existing);
            if (!Files.isWritable(existing)) {
                return Finding.bad(
                        "disk",
                        existing + " cannot be written",
                        "Choose another folder with --data.");
            }
            return disk(store.getUsableSpace(), existing);
        } catch (IOException unreadable) {
            return Finding.bad(
                    "disk", existing + " cannot be read", "Choose another folder with --data.");
        }
    }

    static Finding disk(long freeBytes, Path folder) {
        String seen = gigabytes(freeBytes) + " free at " + folder;
        String fix =
                "Free some space, or choose another folder with --data; a local model needs 0.1 to"
                        + " 1 GB.";
        if (freeBytes < DISK_BAD_BYTES) {
            return Finding.bad("disk", seen, fix);
        }
        return freeBytes < DISK_WARNING_BYTES
                ? Finding.warning("disk", seen, fix)
                : Finding.good("disk", seen);
    }

    static Finding memory(long availableBytes) {
        String seen = gigabytes(availableBytes) + " available";
        String fix =
                "Agency needs about 0.5 GB, and a local chat model as much as its file besides."
                        + " Close something.";
        if (availableBytes < MEMORY_BAD_BYTES) {
            return Finding.bad("memory", seen, fix);
        }
        return availableBytes < MEMORY_WARNING_BYTES
                ? Finding.warning("memory", seen, fix)
                : Finding.good("memory", seen);
    }

    Finding port() {
        String where = host + ":" + port;
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return Finding.good("port", where + " is free");
        } catch (IOException busy) {
            return running
                    ? Finding.good("port", where + " is served by this Agency")
                    : Finding.bad(
                            "port",
                            where + " cannot be listened on: " + busy.getMessage(),
                            "Stop what holds it, or choose another with --port.");
        }
    }

    static Finding clock(Instant now, Instant built) {
        return now.isBefore(built.minus(CLOCK_TOLERANCE))
                ? Finding.bad(
                        "clock",
                        now + " is before this program was built",
                        "Set the clock (timedatectl set-ntp true).")
                : Finding.good("clock", now.toString());
    }

    private static long availableMemory() {
        Path memory = Path.of("/proc/meminfo");
        if (Files.isReadable(memory)) {
            try {
                for (String line : Files.readAllLines(memory)) {
                    if (line.startsWith("MemAvailable:")) {
                        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                    }
                }
            } catch (IOException unreadable) {
                // The JVM's own answer has to do.
            }
        }
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getFreeMemorySize()
                : Long.MAX_VALUE;
    }

    /** When the artefact was finished, or the epoch when run from classes. */
    private static Instant builtAt() {
        String home = System.getProperty("agency.home");
        if (home == null) {
            return Instant.EPOCH;
        }
        try {
            return Files.getLastModifiedTime(Path.of(home, "lib", "class-path")).toInstant();
        } catch (IOException none) {
            return Instant.EPOCH;
        }
    }

    private static String gigabytes(long bytes) {
        return String.format(java.util.Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
