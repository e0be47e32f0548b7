package agency.app.cli;

import agency.kernel.fault.Fault;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Text for a terminal: tables and sizes. */
final class Text {
    private Text() {}

    /** Prints rows under their headings, columns as wide as they need to be. */
    static void table(PrintWriter out, List<String> headings, List<List<String>> rows) {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = headings.get(column).length();
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        line(out, headings, widths);
        rows.forEach(row -> line(out, row, widths));
    }

    /** Whether a person sits at both ends. */
    @SuppressWarnings(
            "SystemConsoleNull") // from JDK 25 on there is none again when output is redirected
    static boolean terminal() {
        return System.console() != null && System.console().isTerminal();
    }

    /**
     * Asks the person at the terminal; no without one, at the end of input, and for every answer
     * that does not begin with a y.
     */
    @SuppressWarnings(
            "SystemConsoleNull") // from JDK 25 on there is none again when output is redirected
    static boolean yes(String question, PrintWriter out) {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return false;
        }
        out.print(question + " [y/N] ");
        out.flush();
        String answer = console.readLine();
        if (answer == null) {
            out.println();
            return false;
        }
        return answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    /** Bytes as a person says them: 512 B, 1.5 MB. */
    static String size(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        String[] units = {"kB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = -1;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    /**
     * A progress bar with figures. What is said to be done may be more than all of it, or nonsense:
     * whoever counts bytes of a foreign server knows no better, and a bar is still drawn.
     *
     * @param width characters between its brackets
     * @param totalBytes 0 when not known
     */
    static String bar(int width, long doneBytes, long totalBytes) {
        if (totalBytes <= 0) {
            return "[" + " ".repeat(width) + "]  " + size(Math.max(0, doneBytes));
        }
        long done = Math.clamp(doneBytes, 0, totalBytes);
        double part = (double) done / totalBytes;
        int full = (int) (width * part);
        return "[%s%s] %3.0f %%  %s of %s"
                .formatted(
                        "#".repeat(full),
                        " ".repeat(width - full),
                        Math.floor(100 * part),
                        size(done),
                        size(totalBytes));
    }

    /** A value inside a path or a query. */
    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The first line of a file. */
    static String firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("").strip();
        } catch (IOException unreadable) {
            throw Fault.lasting(
                    "cli.unreadable-file",
                    "The file " + file + " cannot be read.",
                    Map.of("file", file.toString()),
                    unreadable);
        }
    }

    private static void line(PrintWriter out, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.size(); column++) {
            line.append(cells.get(column));
            if (column < cells.size() - 1) {
                line.append(" ".repeat(widths[column] - cells.get(column).length() + 2));
            }
        }
        out.println(line);
    }
}
