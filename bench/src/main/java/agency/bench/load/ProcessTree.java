package agency.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Some processes and all their children, now and later, as Linux accounts for them (proc(5)).
 *
 * <p>Processes of a database may leave their parent's tree; {@link #mark} finds those by a word of
 * their command line, such as the data folder.
 */
public final class ProcessTree {

    /** Clock ticks a second, fixed at 100 in what Linux tells to user space. */
    private static final double TICKS_PER_SECOND = 100;

    private final List<Long> roots;
    private final String mark;

    /**
     * The tree below these processes, and whatever has {@code mark} in its command line (empty:
     * nothing more).
     */
    public ProcessTree(List<Long> roots, String mark) {
        this.roots = List.copyOf(roots);
        this.mark = mark;
    }

    /** All processes of the tree that live now. */
    public Set<Long> pids() {
        Set<Long> pids = new LinkedHashSet<>();
        for (long root : roots) ProcessHandle.of(root).ifPresent(handle -> add(handle, pids));
        if (!mark.isEmpty()) {
            ProcessHandle.allProcesses()
                    .filter(handle -> commandLine(handle.pid()).contains(mark))
                    .filter(handle -> handle.pid() != ProcessHandle.current().pid())
                    .toList()
                    .forEach(handle -> add(handle, pids));
        }
        return pids;
    }

    /** CPU seconds used so far, user and system, by the processes that live now. */
    public double cpuSeconds() {
        double ticks = 0;
        for (long pid : pids()) {
            String stat = read(Path.of("/proc/" + pid + "/stat"));
            if (stat.isEmpty()) continue;
            // The second field is a name in parentheses that may hold blanks; fields are counted
            // after it.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Memory in MiB as the sum of proportional set sizes: shared pages are counted once. */
    public double pssMebibytes() {
        long kibibytes = 0;
        for (long pid : pids()) {
            for (String line : read(Path.of("/proc/" + pid + "/smaps_rollup")).split("\n")) {
                if (line.startsWith("Pss:"))
                    kibibytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return kibibytes / 1024.0;
    }

    /** Binds every thread of the tree to one core. */
    public void pinTo(int core) throws IOException {
        for (long pid : pids()) pin(pid, Integer.toString(core));
    }

    /** Binds every thread of a process to these cores, in the words of taskset(1). */
    public static void pin(long pid, String cores) throws IOException {
        Process process =
                new ProcessBuilder("taskset", "-acp", cores, Long.toString(pid))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while pinning process " + pid, e);
        }
    }

    private static void add(ProcessHandle handle, Set<Long> pids) {
        pids.add(handle.pid());
        try (Stream<ProcessHandle> below = handle.descendants()) {
            pids.addAll(below.map(ProcessHandle::pid).collect(Collectors.toList()));
        }
    }

    private static String commandLine(long pid) {
        return read(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            return "";
        }
    }
}
