package agency.app;

import agency.kernel.fact.FactType;
import agency.kernel.fault.Fault;
import agency.platform.log.codec.FactCodec;
import agency.platform.log.codec.FactShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The folder of golden samples, held against the types of facts there are. For each stored type and
 * version it has
 *
 * <ul>
 *   <li>{@code name.vN.json}, a sample as it was stored, with personal texts open;
 *   <li>{@code name.vN.schema.json}, the shape of its record, as {@code log.event_type} holds it;
 *   <li>{@code name.vN.newest.json}, for older versions only: what the sample is read as now.
 * </ul>
 *
 * <p>{@code -Dagency.events.write=true} writes the shapes and newest forms that are missing; what
 * is there is never written over. Samples are written by hand.
 */
final class GoldenSamples {
    /** The property that lets what is missing be written. */
    static final String WRITE = "agency.events.write";

    private final Path folder;
    private final List<FactType<?>> types;
    private final boolean write;
    private final FactCodec codec;
    private final List<String> findings = new ArrayList<>();
    private final Set<String> known = new TreeSet<>();

    private GoldenSamples(Path folder, List<FactType<?>> types, boolean write) {
        this.folder = folder;
        this.types = types;
        this.write = write;
        this.codec = FactCodec.open(types);
    }

    /** What is wrong with a folder's samples of these types; empty when nothing is. */
    static List<String> findings(Path folder, List<FactType<?>> types, boolean write)
            throws IOException {
        return new GoldenSamples(folder, types, write).findings();
    }

    /** The sample of one stored version, as its bytes are in the log but for personal texts. */
    static byte[] sample(Path folder, FactType<?> version) throws IOException {
        return Files.readString(folder.resolve(name(version) + ".json"))
                .strip()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String name(FactType<?> version) {
        return version.name() + ".v" + version.version();
    }

    private List<String> findings() throws IOException {
        for (FactType<?> type : types) {
            List<FactType<?>> versions = type.versions();
            if (versions.getFirst().version() != 1) {
                findings.add(name(type) + " does not know the versions before it: add then(…)");
            }
            for (FactType<?> version : versions) {
                shape(version);
                sample(type, version);
            }
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> file.getFileName().toString())
                    .filter(file -> !known.contains(file))
                    .sorted()
                    .forEach(file -> findings.add(file + " is of no fact that the program knows"));
        }
        return findings;
    }

    private void shape(FactType<?> version) throws IOException {
        String file = name(version) + ".schema.json";
        if (!same(file, FactShape.of(version.type()).schema())) {
            findings.add(
                    file
                            + " is not the shape of "
                            + version.type().getName()
                            + ": a stored fact changes its shape only as a new version");
        }
    }

    private void sample(FactType<?> type, FactType<?> version) throws IOException {
        String file = name(version) + ".json";
        known.add(file);
        if (version != type) {
            known.add(name(version) + ".newest.json");
        }
        if (!Files.exists(folder.resolve(file))) {
            findings.add(file + " is missing: write a sample of " + version.type().getName());
            return;
        }
        byte[] stored = sample(folder, version);
        try {
            Record fact = codec.decode(version, stored, FactCodec.nowhere());
            if (!text(version, fact).equals(new String(stored, StandardCharsets.UTF_8))) {
                findings.add(file + " is written differently now: " + text(version, fact));
            }
            if (version != type) {
                newest(type, version, stored);
            }
        } catch (Fault e) {
            findings.add(file + " no longer reads: " + e.getMessage());
        }
    }

    private void newest(FactType<?> type, FactType<?> version, byte[] stored) throws IOException {
        Record newest = codec.decode(type, version.version(), stored, FactCodec.nowhere());
        String written = text(type, newest);
        byte[] bytes = written.getBytes(StandardCharsets.UTF_8);
        if (!codec.decode(type, bytes, FactCodec.nowhere()).equals(newest)) {
            findings.add(name(version) + " is another fact once its newest form was stored");
        }
        String file = name(version) + ".newest.json";
        if (!same(file, written)) {
            findings.add(file + " is not what the sample is read as now: " + written);
        }
    }

    /** Whether a file says this; a missing one is written when that was asked for. */
    private boolean same(String file, String text) throws IOException {
        known.add(file);
        Path path = folder.resolve(file);
        if (!Files.exists(path)) {
            if (!write) {
                findings.add(file + " is missing: -D" + WRITE + "=true writes it");
                return true;
            }
            Files.writeString(path, text + "\n");
        }
        return Files.readString(path).strip().equals(text);
    }

    private String text(FactType<?> version, Record fact) {
        return new String(
                codec.encode(version, fact, FactCodec.nowhere()).body(), StandardCharsets.UTF_8);
    }
}
