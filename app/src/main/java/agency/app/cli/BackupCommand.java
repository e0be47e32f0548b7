package agency.app.cli;

import agency.app.AgencySettings;
import agency.app.Moving;
import agency.kernel.fault.Fault;
import agency.platform.backup.BackupReader;
import agency.platform.backup.BackupWriter;
import agency.platform.backup.Manifest;
import agency.platform.crypto.MasterKey;
import agency.platform.log.verify.Verdict;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code agency backup}: whole copies of an installation. It works on the files of this machine and
 * not through the API: nobody who can only call the API can have files written.
 */
@Command(
        name = "backup",
        description = "Make a whole copy while Agency serves, prove it, make Agency of it again.")
final class BackupCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Command(
            name = "create",
            description =
                    "Copy everything but the master key into a new folder, while Agency serves or"
                            + " stands still.")
    int create(
            @Mixin DataFolder data,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "FOLDER",
                            description = "A new or an empty folder, outside the data folder.")
                    Path to,
            @Option(
                            names = "--verify",
                            description = "Prove it afterwards, as `agency backup verify` does.")
                    boolean verify) {
        AgencySettings settings = data.settings();
        if (settings.database().url() != null) {
            throw Fault.lasting(
                    "backup.external-database",
                    "This Agency keeps its facts in a PostgreSQL of yours: back that one up with"
                            + " its own tools (pg_basebackup or pg_dump), and keep the folder "
                            + settings.data()
                            + " besides.",
                    Map.of(),
                    null);
        }
        String key = StartOptions.masterKey(settings).map(BackupCommand::mark).orElse(null);
        Manifest made =
                Moving.withDatabase(
                        settings, url -> new BackupWriter(url, settings.data(), key).write(to));
        long bytes = made.files().stream().mapToLong(Manifest.Entry::bytes).sum();
        out().println(
                        "%s holds %d files, %d MiB: everything acknowledged before %s."
                                .formatted(to, made.files().size(), bytes >> 20, made.end()));
        out().println(
                        "The master key is not in it. Keep it apart: without it nothing that is"
                                + " sealed can be opened.");
        out().flush();
        return verify ? verify(to) : AgencyCommand.OK;
    }

    /** Tells one master key from another and nothing about it. */
    private static String mark(MasterKey key) {
        byte[] derived = key.derive("backup-mark");
        return HexFormat.of().formatHex(derived, 0, 8);
    }

    @Command(
            name = "verify",
            description =
                    "Check every file of a backup, start PostgreSQL on a copy and prove the log in"
                            + " it.")
    int verify(
            @Parameters(paramLabel = "FOLDER", description = "The backup's folder.") Path folder) {
        Path from = folder.toAbsolutePath().normalize();
        Path beside =
                from.resolveSibling(
                        from.getFileName() + ".being-verified-" + ProcessHandle.current().pid());
        Verdict verdict = new BackupReader(from).verified(beside);
        if (!verdict.whole()) {
            out().println("The log in it is not whole:");
            verdict.findings()
                    .forEach(finding ->
                            out().println(
                                            "%s, lane %d, %d to %d: %s"
                                                    .formatted(
                                                            finding.what(),
                                                            finding.lane(),
                                                            finding.from(),
                                                            finding.to(),
                                                            finding.detail())));
            out().flush();
            return AgencyCommand.FAILED;
        }
        out().println("The backup is whole: %d facts proved.".formatted(verdict.events()));
        out().flush();
        return AgencyCommand.OK;
    }

    @Command(
            name = "restore",
            description = "Make an Agency of a backup again, in a new or empty folder.")
    int restore(
            @Mixin DataFolder data,
            @Parameters(paramLabel = "FOLDER", description = "The backup's folder.") Path folder) {
        AgencySettings settings = data.settings();
        Manifest restored = new BackupReader(folder).restore(settings.data());
        out().println(
                        "%s holds everything that was acknowledged before %s; its log has begun another life."
                                .formatted(settings.data(), restored.end()));
        @Nullable String wanted = restored.masterKey();
        boolean same =
                StartOptions.masterKey(settings)
                        .map(BackupCommand::mark)
                        .filter(mark -> mark.equals(wanted))
                        .isPresent();
        out().println(
                        same
                                ? "The master key it was made with is here."
                                : "Bring the master key that it was made with before the first"
                                        + " start: AGENCY_MASTER_KEY, or its file. With another one"
                                        + " what is sealed cannot be opened.");
        out().println("Start it: agency up --data " + settings.data());
        out().flush();
        return AgencyCommand.OK;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
