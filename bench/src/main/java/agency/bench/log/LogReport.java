package agency.bench.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The tables of a run, as Markdown and as JSON. */
final class LogReport {
    private final List<Line> lines = new ArrayList<>();
    private final List<Beside> besides = new ArrayList<>();

    /** The same measure of a log that is read by transaction number. */
    private record Beside(String what, double byTransaction, double ours, String unit) {}

    /**
     * One line.
     *
     * @param floor what the floor reached, 0 where there is none
     * @param must the ratio or value that binds, as words
     */
    private record Line(
            String what, double floor, double ours, String unit, String must, boolean met) {}

    /** Ours must reach so much of the floor. */
    void ratio(String what, double floor, double ours, double atLeast) {
        lines.add(
                new Line(
                        what,
                        floor,
                        ours,
                        "/s",
                        String.format(Locale.ROOT, "≥ %.1f × the floor", atLeast),
                        ours >= atLeast * floor));
    }

    /** Ours must be at most so much. */
    void atMost(String what, double floor, double ours, String unit, double most) {
        lines.add(new Line(what, floor, ours, unit, "< " + most + " " + unit, ours < most));
    }

    /** Ours must be at least so much. */
    void atLeast(String what, double ours, String unit, double least) {
        lines.add(new Line(what, 0, ours, unit, "≥ " + least + " " + unit, ours >= least));
    }

    /** A value that binds nobody. */
    void note(String what, double floor, double ours, String unit) {
        lines.add(new Line(what, floor, ours, unit, "", true));
    }

    /** How a log that is read by transaction number does, and ours. */
    void beside(String what, double byTransaction, double ours, String unit) {
        besides.add(new Beside(what, byTransaction, ours, unit));
    }

    int missed() {
        return (int) lines.stream().filter(line -> !line.met).count();
    }

    String markdown(String head) {
        StringBuilder text = new StringBuilder(head);
        text.append("\n| measure | floor | ours | ours / floor | must | met |\n");
        text.append("|---|--:|--:|--:|---|---|\n");
        for (Line line : lines) {
            text.append("| ")
                    .append(line.what)
                    .append(" | ")
                    .append(line.floor == 0 ? "" : number(line.floor, line.unit))
                    .append(" | ")
                    .append(number(line.ours, line.unit))
                    .append(" | ")
                    .append(
                            line.floor == 0
                                    ? ""
                                    : String.format(Locale.ROOT, "%.2f", line.ours / line.floor))
                    .append(" | ")
                    .append(line.must)
                    .append(" | ")
                    .append(line.must.isEmpty() ? "" : line.met ? "yes" : "**no**")
                    .append(" |\n");
        }
        text.append(
                "\nThe same PostgreSQL, a log that is read by transaction number (`xid8`, up to"
                        + " `pg_snapshot_xmin`). One writer, one reader who polls every "
                        + Tailed.REST_MS
                        + " ms, from sent to seen; then beside a transaction of somebody else"
                        + " that has written and stays open for a second, again and again.\n\n"
                        + "| measure | by transaction number | ours | ours / theirs |\n"
                        + "|---|--:|--:|--:|\n");
        for (Beside line : besides) {
            text.append("| ")
                    .append(line.what)
                    .append(" | ")
                    .append(number(line.byTransaction, line.unit))
                    .append(" | ")
                    .append(number(line.ours, line.unit))
                    .append(" | ")
                    .append(String.format(Locale.ROOT, "%.2f", line.ours / line.byTransaction))
                    .append(" |\n");
        }
        return text.toString();
    }

    private static String number(double value, String unit) {
        return unit.equals("ms")
                ? String.format(Locale.ROOT, "%.2f ms", value)
                : String.format(Locale.ROOT, "%,.0f%s", value, unit);
    }

    /** Writes both forms into the folder, under this name. */
    void write(Path folder, String name, String head) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".md"), markdown(head), StandardCharsets.UTF_8);
        StringBuilder json = new StringBuilder("{\n  \"bench\": \"log\",\n  \"lines\": [\n");
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            json.append(
                    String.format(
                            Locale.ROOT,
                            "    {\"what\": \"%s\", \"unit\": \"%s\", \"floor\": %.3f, \"ours\":"
                                    + " %.3f, \"must\": \"%s\", \"met\": %b}%s%n",
                            line.what,
                            line.unit,
                            line.floor,
                            line.ours,
                            line.must,
                            line.met,
                            i + 1 < lines.size() ? "," : ""));
        }
        json.append("  ],\n  \"beside\": [\n");
        for (int i = 0; i < besides.size(); i++) {
            Beside line = besides.get(i);
            json.append(
                    String.format(
                            Locale.ROOT,
                            "    {\"what\": \"%s\", \"unit\": \"%s\", \"by_transaction\": %.3f,"
                                    + " \"ours\": %.3f}%s%n",
                            line.what,
                            line.unit,
                            line.byTransaction,
                            line.ours,
                            i + 1 < besides.size() ? "," : ""));
        }
        Files.writeString(
                folder.resolve(name + ".json"), json.append("  ]\n}\n"), StandardCharsets.UTF_8);
    }
}
