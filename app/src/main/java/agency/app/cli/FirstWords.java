package agency.app.cli;

import agency.app.Program;
import agency.app.profile.Profile;
import agency.kernel.fault.Fault;
import agency.kernel.fault.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a start tells a person: where it is, how to sign in, a first key, a call that works as
 * pasted. Secrets go to a terminal, otherwise to a file that only this user can read; never to a
 * stream that a journal keeps.
 */
final class FirstWords {
    /** Holds the first key, which is told this once: no later start writes over it. */
    private static final String FIRST = "first-start.txt";

    private static final String LATER = "sign-in.txt";

    private FirstWords() {}

    /** Where nobody sits: the address to the stream, the secrets to the file. */
    static void toFile(Program program, PrintWriter out) {
        out.println("Agency is ready at " + program.address());
        Path file = toFile(program);
        out.println(
                "The sign-in link"
                        + (program.firstKey().isEmpty() ? " is" : " and a first key are")
                        + " in "
                        + file);
        out.flush();
    }

    /** Writes them to the file, mode 0600, and gives its path. */
    static Path toFile(Program program) {
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text);
        ready(program, writer);
        tryIt(program, writer);
        writer.flush();
        Path file = program.dataDirectory().resolve(program.firstKey().isPresent() ? FIRST : LATER);
        try {
            Files.deleteIfExists(file);
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, text.toString());
            return file;
        } catch (IOException unwritable) {
            throw Fault.lasting(
                    "first-words.unwritable",
                    "The file " + file + " cannot be written: " + Reason.of(unwritable),
                    Map.of("file", file.toString()),
                    unwritable);
        }
    }

    /** That it is ready and how to get in; to a person. */
    static void ready(Program program, PrintWriter out) {
        String address = program.address();
        out.println();
        out.println("Agency is ready.");
        out.println();
        out.println("  Address        " + address);
        out.println("  API reference  " + address + "/docs");
        out.println(
                "  Sign in once   "
                        + address
                        + "/#link="
                        + program.oneTimeLink()
                        + "   (within the hour)");
        program.firstKey()
                .ifPresent(
                        first -> out.println("  First key      " + first + "   (shown this once)"));
        if (program.firstKey().isEmpty()) {
            out.println("  New key        " + command(program, "keys create NAME"));
        }
        out.println();
        out.flush();
    }

    /** A first call, with a model that there is; to a person. */
    static void tryIt(Program program, PrintWriter out) {
        String key = program.firstKey().orElse("$AGENCY_API_KEY");
        program.firstModel()
                .ifPresentOrElse(
                        model -> {
                            out.println(
                                    program.firstKey().isPresent()
                                            ? "Try it:"
                                            : "Try it, with a key in AGENCY_API_KEY:");
                            out.println();
                            out.println(curl(program.address(), key, model));
                        },
                        () ->
                                out.println(
                                        "There is no model to talk to yet. Fetch one with `"
                                                + command(program, "models pull")
                                                + "`, or connect a provider: start with its key in"
                                                + " the environment, e.g. OPENAI_API_KEY."));
        out.println();
        out.flush();
    }

    /** A command that finds this Agency. */
    private static String command(Program program, String words) {
        Path data = program.dataDirectory();
        return "agency " + words + (data.equals(Profile.defaultData()) ? "" : " --data " + data);
    }

    /** Double quotes around the header, so that a key in a variable is put in by the shell. */
    static String curl(String address, String key, String model) {
        return "curl "
                + address
                + "/v1/chat/completions -H \"Authorization: Bearer "
                + key
                + "\" -H 'Content-Type: application/json' -d '"
                + "{\"model\": "
                        .concat(JsonMapper.shared().writeValueAsString(model))
                        .concat(", \"stream\": true, \"messages\": [{\"role\": \"user\",")
                        .concat(" \"content\": \"Say hello.\"}]}")
                        .replace("'", "'\\''") // a model's name must not end the shell's quotes
                + "'";
    }
}
