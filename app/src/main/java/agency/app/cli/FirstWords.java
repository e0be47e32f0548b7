package agency.app.cli;

import agency.app.Program;
import agency.kernel.fault.Fault;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * What a start tells a person: where it is, how to sign in, a first key, a call that works as
 * pasted. Secrets go to a terminal, otherwise to a file that only this user can read; never to a
 * stream that a journal keeps.
 */
final class FirstWords {
    private static final String FILE = "first-start.txt";

    private FirstWords() {}

    /** Says them to a person, or to the file when nobody sits there. */
    static void say(Program program, boolean terminal, PrintWriter out) {
        if (terminal) {
            write(program, out);
        } else {
            out.println("Agency is ready at " + program.address());
            Path file = toFile(program);
            out.println(
                    "The sign-in link"
                            + (program.firstKey().isEmpty() ? " is" : " and a first key are")
                            + " in "
                            + file);
        }
        out.flush();
    }

    /** Writes them to the file, mode 0600, and gives its path. */
    static Path toFile(Program program) {
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text);
        write(program, writer);
        writer.flush();
        Path file = program.dataDirectory().resolve(FILE);
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
                    "The file " + file + " cannot be written: " + unwritable.getMessage(),
                    Map.of("file", file.toString()),
                    unwritable);
        }
    }

    private static void write(Program program, PrintWriter out) {
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
        String key = program.firstKey().orElse("$AGENCY_API_KEY");
        program.firstKey()
                .ifPresent(
                        first -> out.println("  First key      " + first + "   (shown this once)"));
        if (program.firstKey().isEmpty()) {
            out.println("  New key        agency keys create NAME");
        }
        out.println();
        out.println("Try it:");
        out.println();
        out.println(
                "curl "
                        + address
                        + "/v1/chat/completions -H 'Authorization: Bearer "
                        + key
                        + "' -H 'Content-Type: application/json' -d '{\"model\": \""
                        + program.firstModel()
                        + "\", \"stream\": true, \"messages\": [{\"role\": \"user\", \"content\":"
                        + " \"Say hello.\"}]}'");
        out.println();
    }
}
