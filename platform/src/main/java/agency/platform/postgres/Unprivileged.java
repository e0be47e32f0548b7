package agency.platform.postgres;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Who PostgreSQL runs as. It refuses to run as root, so root starts it in a user namespace of its
 * own ({@code unshare --user}, unmapped: it sees itself as nobody and the data as its own), or,
 * where that is forbidden (most containers), as the user nobody with the one capability it needs to
 * reach its files. Data that belongs to an ordinary user is always served as that user. Anyone but
 * root starts it directly.
 *
 * @param before what stands before the program on the command line
 * @param owner the user whom the data must belong to, or -1 when it belongs to whoever made it
 */
record Unprivileged(List<String> before, int owner) {
    private static final int PROBE_SECONDS = 10;
    private static final int NOBODY = 65534;
    private static final int ROOT = 0;
    private static final int WHOEVER = -1;
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    Unprivileged {
        before = List.copyOf(before);
    }

    /**
     * The right way for this process and these files. Throws a {@link Fault} when there is none.
     *
     * @param home the folder that must be reached
     * @param data the data directory in it, there or not
     */
    static Unprivileged reaching(Path home, Path data) {
        if (uid(
                        Path.of("/proc/self"),
                        System.getProperty("user.name").equals("root") ? ROOT : NOBODY)
                != ROOT) {
            return new Unprivileged(List.of(), WHOEVER);
        }
        int owner = Files.exists(data) ? uid(data, ROOT) : ROOT;
        Unprivileged namespace = inNamespace();
        if (owner == ROOT && namespace.canWrite(home)) {
            return namespace;
        }
        Unprivileged user = as(owner == ROOT ? NOBODY : owner);
        if (user.canWrite(home)) {
            return user;
        }
        throw Fault.lasting(
                "postgres.root",
                "PostgreSQL does not run as root, and this machine lets root neither make a user"
                    + " namespace (unshare --user) nor become another user (setpriv). Run Agency as"
                    + " an ordinary user, or name a server with database.url.",
                Map.of("folder", home.toString()),
                null);
    }

    /** In a user namespace without a mapping; files keep belonging to root. */
    static Unprivileged inNamespace() {
        return new Unprivileged(List.of("unshare", "--user", "--"), WHOEVER);
    }

    /** As nobody; files will belong to nobody. */
    static Unprivileged asNobody() {
        return as(NOBODY);
    }

    private static Unprivileged as(int uid) {
        // The data directory lies in folders of root that only root may enter: hence the
        // capability.
        return new Unprivileged(
                List.of(
                        "setpriv",
                        "--reuid=" + uid,
                        "--regid=" + uid,
                        "--clear-groups",
                        "--inh-caps=+dac_override",
                        "--ambient-caps=+dac_override",
                        // Lets the capability count for access(2) too, by which PostgreSQL finds
                        // itself.
                        "--securebits=+no_setuid_fixup",
                        "--"),
                uid);
    }

    /**
     * The command line with what must stand before it. A session of its own keeps Ctrl-C in our
     * terminal from reaching PostgreSQL before we have finished with it; none of the programs in
     * front forks, so the process id stays.
     */
    List<String> command(List<String> program) {
        List<String> whole = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            whole.add(SETSID.toString());
        }
        whole.addAll(before);
        whole.addAll(program);
        return whole;
    }

    /** Hands data that another way of starting has made over to this one. */
    void takeOver(Path data) throws IOException {
        if (owner == WHOEVER || !Files.exists(data) || uid(data, owner) == owner) {
            return;
        }
        try (Stream<Path> all = Files.walk(data)) {
            for (Path path : all.toList()) {
                Files.setAttribute(path, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", owner, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private boolean canWrite(Path folder) {
        List<String> probe = new ArrayList<>(before);
        probe.addAll(List.of("test", "-w", folder.toString()));
        try {
            Process started =
                    new ProcessBuilder(probe)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return started.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) && started.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static int uid(Path file, int unknown) {
        try {
            return (Integer) Files.getAttribute(file, "unix:uid");
        } catch (IOException
                | UnsupportedOperationException
                | IllegalArgumentException noSuchView) {
            return unknown;
        }
    }
}
