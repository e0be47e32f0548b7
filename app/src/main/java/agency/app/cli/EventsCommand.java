package agency.app.cli;

import agency.app.AgencySettings;
import agency.app.Moving;
import agency.kernel.fault.Fault;
import agency.platform.crypto.MasterKey;
import agency.platform.log.transfer.LogArchive;
import agency.platform.log.transfer.LogExport;
import agency.platform.log.transfer.LogImport;
import agency.platform.projection.Replay;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code agency events}: the log itself. */
@Command(
        name = "events",
        description = "Watch the event log, and prove that nobody has touched it.")
final class EventsCommand {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Command(
            name = "tail",
            description = "Print facts as they are recorded, one JSON object a line.")
    void tail(
            @Mixin Reach reach,
            @Option(
                            names = "--category",
                            paramLabel = "NAME",
                            description = "Only this category, e.g. access.key.")
                    @Nullable String category,
            @Option(
                            names = "--actor",
                            paramLabel = "ID",
                            description = "Only what this key, person or part caused.")
                    @Nullable String actor,
            @Option(
                            names = "--correlation",
                            paramLabel = "ID",
                            description = "Only what this request caused.")
                    @Nullable String correlation,
            @Option(
                            names = {"-n", "--last"},
                            paramLabel = "N",
                            description = "Begin with the last N (default 10).",
                            defaultValue = "10")
                    int last)
            throws IOException {
        String head = reach.client().read("/api/v1/events?limit=1").path("head").asString();
        String path =
                "/api/v1/events?after="
                        + Text.encoded(back(head, last))
                        + asked("category", category)
                        + asked("actor", actor)
                        + asked("correlation", correlation);
        try (BufferedReader events = reader(reach, "GET", path, "text/event-stream")) {
            boolean problem = false;
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                if (line.startsWith("event: ")) {
                    problem = line.equals("event: problem");
                } else if (line.startsWith("data: ") && problem) {
                    throw ended(JSON.readTree(line.substring("data: ".length())));
                } else if (line.startsWith("data: ")) {
                    out().println(line.substring("data: ".length()));
                    out().flush();
                }
            }
        }
    }

    @Command(
            name = "verify",
            description = "Hash the whole log again and compare it with its seals and checkpoints.")
    int verify(@Mixin Reach reach) throws IOException {
        JsonNode verdict = JSON.nullNode();
        try (BufferedReader lines =
                reader(reach, "POST", "/api/v1/events/verify", "application/x-ndjson")) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode said = line.isBlank() ? JSON.nullNode() : JSON.readTree(line);
                verdict = said.has("verdict") ? said.path("verdict") : verdict;
            }
        }
        if (!verdict.has("whole")) {
            throw Fault.passing(
                    "cli.no-verdict", "The check broke off without a verdict.", Map.of(), null);
        }
        verdict.path("findings")
                .forEach(finding ->
                        out().println(
                                        finding.path("what").asString("")
                                                + " at "
                                                + finding.path("lane").asInt(0)
                                                + ":"
                                                + finding.path("from").asLong(0)
                                                + ": "
                                                + finding.path("detail").asString("")));
        boolean whole = verdict.path("whole").asBoolean(false);
        out().println(
                        verdict.path("events").asLong(0)
                                + " facts under "
                                + verdict.path("seals").asLong(0)
                                + " seals and "
                                + verdict.path("checkpoints").asLong(0)
                                + " signed checkpoints: "
                                + (whole ? "whole" : "NOT whole"));
        long archived = verdict.path("archived").asLong(0);
        if (archived > 0) {
            out().println(
                            archived
                                    + " more facts lie in archives and were not looked at: each"
                                    + " file proves its own when it is brought back.");
        }
        int otherLives = verdict.path("other_lives").asInt(0);
        if (otherLives > 0) {
            out().println(
                            otherLives
                                    + " more checkpoints are of other lives of the log and could"
                                    + " not be compared. After a restore that is as it should be;"
                                    + " without one, somebody has given the log another life.");
        }
        return whole ? AgencyCommand.OK : AgencyCommand.FAILED;
    }

    /** Why a live stream ended, which it does not by itself. */
    private static Fault ended(JsonNode problem) {
        String code = problem.path("code").asString("unknown");
        String why =
                switch (code) {
                    case "no-longer-allowed" -> "the key or session ended, or may less than before";
                    case "position-of-another-life" -> "the log was restored; begin again";
                    default -> code;
                };
        return Fault.lasting(
                "cli.stream-ended", "The stream ended: " + why + ".", Map.of("code", code), null);
    }

    private static String asked(String parameter, @Nullable String value) {
        return value == null ? "" : "&" + parameter + "=" + Text.encoded(value);
    }

    @Command(
            name = "export",
            description =
                    "Write the whole log as lines of JSON, signed, as it stands at one moment;"
                            + " Agency may serve meanwhile.")
    void export(
            @Mixin DataFolder data,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "FILE",
                            description =
                                    "A new file; compressed when it ends with .gz; - for the"
                                            + " terminal.")
                    String to,
            @Option(
                            names = "--with-keys",
                            description =
                                    "Also the keys of people and organisations, sealed under the"
                                            + " master key: needed to import it.")
                    boolean withKeys)
            throws IOException {
        AgencySettings settings = data.settings();
        if (to.equals("-")) {
            Moving.export(settings, System.out, withKeys);
            return;
        }
        LogExport.Written written;
        try (OutputStream file = fresh(Path.of(to));
                OutputStream out = to.endsWith(".gz") ? new GZIPOutputStream(file) : file) {
            written = Moving.export(settings, out, withKeys);
        } catch (FileAlreadyExistsException there) {
            throw Fault.lasting(
                    "export.file-exists", to + " exists. Name a new file.", Map.of(), there);
        } catch (NoSuchFileException nowhere) {
            throw Fault.lasting(
                    "export.no-folder",
                    "The folder of " + to + " does not exist.",
                    Map.of(),
                    nowhere);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "%s holds %d facts, signed by %s%s."
                        .formatted(
                                to,
                                written.facts(),
                                written.signer(),
                                withKeys
                                        ? ", with the keys that are sealed under the master key"
                                        : "; without keys it is for reading, not for importing"));
    }

    @Command(
            name = "archive",
            description =
                    "Put old facts of usage away into signed files, whole partitions of the log,"
                            + " and give their room back; Agency may serve meanwhile.")
    void archive(
            @Mixin DataFolder data,
            @Option(
                            names = "--older-than",
                            required = true,
                            paramLabel = "DAYS",
                            description = "How many days ago the last of them was recorded.")
                    int days,
            @Option(
                            names = "--to",
                            paramLabel = "FOLDER",
                            description =
                                    "Where the files go (default: archives in the data folder).")
                    @Nullable Path to) {
        List<LogArchive.PutAway> done = Moving.archive(data.settings(), days, to);
        for (LogArchive.PutAway one : done) {
            out().println(
                            "%s: %,d facts in %s, %,d MB of disk given back"
                                    .formatted(
                                            one.stretch(),
                                            one.facts(),
                                            one.file(),
                                            one.bytesFreed() >> 20));
        }
        if (done.isEmpty()) {
            out().println("No whole partition of the log is so old: nothing was put away.");
        }
    }

    @Command(
            name = "unarchive",
            description = "Bring facts back that were put away, the last file of a lane first.")
    void unarchive(
            @Mixin DataFolder data,
            @Parameters(paramLabel = "FILE", description = "A file of `agency events archive`.")
                    Path file) {
        LogArchive.PutAway back = Moving.unarchive(data.settings(), file);
        out().println(
                        "%s: %,d facts stand where they stood. %s is not needed any more."
                                .formatted(back.stretch(), back.facts(), file));
    }

    @Command(
            name = "replay",
            description =
                    "Make the tables of all projections as they were, in a schema of their own, to"
                            + " be looked at with SQL. Drop the schema when you have seen enough.")
    void replay(
            @Mixin DataFolder data,
            @Option(
                            names = "--until",
                            required = true,
                            paramLabel = "MOMENT",
                            description =
                                    "A moment like 2026-11-26T12:00:00Z, or a position of the log"
                                            + " like 0:1234.")
                    String until,
            @Option(
                            names = "--into",
                            required = true,
                            paramLabel = "SCHEMA",
                            description = "The name of a new schema.")
                    String schema) {
        AgencySettings settings = data.settings();
        MasterKey master =
                StartOptions.masterKey(settings)
                        .orElseThrow(() ->
                                Fault.lasting(
                                        "replay.no-master-key",
                                        "The master key is not here: without it facts cannot be"
                                                + " read. Set AGENCY_MASTER_KEY.",
                                        Map.of(),
                                        null));
        Replay.Made made = Moving.replay(settings, master, until, schema);
        PrintWriter out = spec.commandLine().getOut();
        made.rows().forEach((table, rows) -> out.println(rows + " rows in " + table));
        made.leftOut()
                .forEach((projection, facts) ->
                        out.println(
                                facts
                                        + " facts could not be applied by "
                                        + projection
                                        + " and are left out"));
    }

    /** A new file that only its owner may read. */
    private static OutputStream fresh(Path file) throws IOException {
        return Channels.newOutputStream(
                Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------"))));
    }

    @Command(
            name = "import",
            description =
                    "Make an Agency of an exported log, in a new folder or a database without one;"
                            + " checked to the last seal.")
    void importing(
            @Mixin DataFolder data,
            @Option(
                            names = "--signer",
                            paramLabel = "FINGERPRINT",
                            description = "Who must have signed it, as `export` has printed.")
                    @Nullable String signer,
            @Parameters(paramLabel = "FILE", description = "The file; - for the standard input.")
                    String from)
            throws IOException {
        AgencySettings settings = data.settings();
        LogImport.Imported imported;
        try (InputStream file = from.equals("-") ? System.in : Files.newInputStream(Path.of(from));
                InputStream in = from.endsWith(".gz") ? new GZIPInputStream(file) : file) {
            imported = Moving.importInto(settings, in, signer);
        } catch (NoSuchFileException nowhere) {
            throw Fault.lasting("import.no-file", "There is no " + from + ".", Map.of(), nowhere);
        } catch (ZipException broken) {
            throw Fault.lasting(
                    "import.not-gzip",
                    from + " is not compressed as its name says.",
                    Map.of(),
                    broken);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "%d facts imported, signed by %s, every seal proved. The log has begun another life."
                        .formatted(imported.facts(), imported.signer()));
        out.println(
                "Bring the master key of where it was exported before the first start: agency up"
                        + " --data "
                        + settings.data());
    }

    /** A position that many facts before another; positions are dense, so this is a subtraction. */
    static String back(String position, int facts) {
        int colon = position.indexOf(':');
        int at = position.indexOf('@');
        long value = Long.parseLong(position.substring(colon + 1, at));
        return position.substring(0, colon + 1)
                + Math.max(0, value - facts)
                + position.substring(at);
    }

    private static BufferedReader reader(Reach reach, String method, String path, String accept) {
        return new BufferedReader(
                new InputStreamReader(
                        reach.client().stream(method, path, null, accept), StandardCharsets.UTF_8));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
