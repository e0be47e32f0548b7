package agency.bench.gateway;

import agency.bench.gateway.Results.Measure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The numbers of a run as a table for people and as JSON for programs, each target with its
 * verdict.
 */
final class GatewayReport {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Results results;
    private final GatewayBench.Lengths lengths;
    private final boolean pinned;
    private final List<String> absent;
    private final List<Target> targets;
    private final String machine;
    private final String day = LocalDate.now(ZoneOffset.UTC).toString();

    GatewayReport(
            Results results, GatewayBench.Lengths lengths, boolean pinned, List<String> absent) {
        this.results = results;
        this.lengths = lengths;
        this.pinned = pinned;
        this.absent = absent;
        this.targets = Target.of(results);
        this.machine = machine();
    }

    int missed() {
        return (int) targets.stream().filter(t -> t.verdict().contains("missed")).count();
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("gateway.md"), markdown());
        Files.writeString(folder.resolve("gateway.json"), json() + "\n");
    }

    String markdown() {
        StringBuilder out = new StringBuilder("# The gateway beside its peers\n\n");
        out.append("Made by `./agency bench gateway` on ")
                .append(day)
                .append(": ")
                .append(machine)
                .append(". ");
        out.append(lengths.rounds())
                .append(lengths.rounds() == 1 ? " round" : " rounds, interleaved; medians")
                .append(", ")
                .append(lengths.measureMs() / 1000)
                .append(" s a load. ");
        out.append(
                pinned
                        ? "Each subject on one core, load and upstream on another. "
                        : "Not pinned to cores: this machine has one core or no taskset, so rates"
                                + " are not per core. ");
        out.append(
                        "About 1 KB in and out; keys, permits and metering on; streams of 64 pieces"
                                + " 10 ms apart, for the gap ")
                .append(
                        "100 pieces 50 ms apart. CPU counts all processes of a subject, its"
                                + " database included. ")
                .append("Latency at a fixed rate counts from the moment a request was due.");
        if (!absent.isEmpty())
            out.append(" Not measured here: ").append(String.join(", ", absent)).append('.');
        out.append("\n\n| measure |");
        List<String> subjects = results.subjects();
        subjects.forEach(s -> out.append(' ').append(s).append(" |"));
        out.append("\n|---|").append("--:|".repeat(subjects.size())).append('\n');
        for (Measure measure : Measure.values()) {
            out.append("| ").append(measure.title);
            if (!measure.unit.isEmpty()) out.append(" (").append(measure.unit).append(')');
            out.append(" |");
            for (String subject : subjects) {
                boolean own = subject.equals("direct") && measure.name().endsWith("_CPU");
                out.append(' ')
                        .append(own ? "–" : shown(results.value(subject, measure)))
                        .append(" |");
            }
            out.append('\n');
        }
        out.append("\n| target | found | must | aim | verdict |\n|---|--:|--:|--:|---|\n");
        for (Target target : targets) {
            String sign = target.atMost() ? "≤ " : "≥ ";
            out.append("| ").append(target.title());
            if (!target.unit().isEmpty()) out.append(" (").append(target.unit()).append(')');
            out.append(" | ").append(shown(target.found()));
            out.append(" | ").append(sign).append(number(target.must()));
            out.append(" | ").append(sign).append(number(target.aim()));
            out.append(" | ").append(target.verdict()).append(" |\n");
        }
        return out.toString();
    }

    private String json() {
        ObjectNode root = JSON.createObjectNode().put("day", day).put("machine", machine);
        root.put("rounds", lengths.rounds())
                .put("measureMs", lengths.measureMs())
                .put("pinned", pinned);
        ArrayNode missing = root.putArray("absent");
        absent.forEach(missing::add);
        ObjectNode subjects = root.putObject("subjects");
        for (String subject : results.subjects()) {
            ObjectNode node = subjects.putObject(subject);
            for (Measure measure : Measure.values()) {
                List<Double> rounds = results.rounds(subject, measure);
                if (rounds.isEmpty()) continue;
                ObjectNode value = node.putObject(measure.name().toLowerCase(Locale.ROOT));
                value.put("title", measure.title).put("unit", measure.unit);
                value.put("value", results.value(subject, measure).orElseThrow());
                ArrayNode each = value.putArray("rounds");
                rounds.forEach(each::add);
            }
        }
        ArrayNode judged = root.putArray("targets");
        for (Target target : targets) {
            ObjectNode node =
                    judged.addObject().put("title", target.title()).put("unit", target.unit());
            target.found().ifPresent(found -> node.put("found", found));
            node.put("must", target.must()).put("aim", target.aim()).put("atMost", target.atMost());
            node.put("verdict", target.verdict().replace("*", ""));
        }
        return JSON.writeValueAsString(root);
    }

    private static String shown(OptionalDouble value) {
        return value.isEmpty() ? "–" : number(value.getAsDouble());
    }

    private static String number(double value) {
        if (Math.abs(value) >= 1000) return String.format(Locale.ROOT, "%,.0f", value);
        if (Math.abs(value) >= 100 || value == Math.rint(value))
            return String.format(Locale.ROOT, "%.0f", value);
        return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
    }

    private static String machine() {
        long cores = 0;
        String cpu = "unknown processor";
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                if (!line.startsWith("model name")) continue;
                // Not what the runtime says: by now it is pinned to one core.
                cores++;
                cpu = line.substring(line.indexOf(':') + 1).trim();
            }
        } catch (IOException notLinux) {
            cpu = System.getProperty("os.arch");
        }
        return cores
                + " cores of "
                + cpu
                + ", "
                + System.getProperty("os.name")
                + ", Java "
                + Runtime.version().feature();
    }
}
