package agency.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the compiler cannot see: scans the sources themselves. */
class TidyTest {
    private static final int MAX_LINE = 120;
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> MODULES =
            List.of("kernel", "platform", "access", "ledger", "gateway", "app", "bench", "e2e");

    // Split so that this file does not find itself.
    private static final Pattern UNFINISHED =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern PRINTING =
            Pattern.compile("System\\.(out|err)\\.|\\.printStack" + "Trace\\(\\)");
    private static final Pattern BANNED_PACKAGE =
            Pattern.compile(
                    "^package"
                        + " .*\\.(util|utils|common|impl|manager|managers|helper|helpers|service|services)\\b");

    @Test
    void linesAreAtMostOneHundredAndTwentyCharacters() throws IOException {
        assertThat(
                        findings(
                                sources("src"),
                                (file, line) ->
                                        line.length() > MAX_LINE
                                                && !line.startsWith("import ")
                                                && !isSample(file, line)))
                .isEmpty();
    }

    @Test
    void nothingIsLeftUnfinished() throws IOException {
        assertThat(findings(sources("src"), (file, line) -> UNFINISHED.matcher(line).find()))
                .isEmpty();
    }

    @Test
    void onlyTheCommandLineAndProgramsOfTheirOwnPrint() throws IOException {
        assertThat(
                        findings(
                                sources("src/main"),
                                (file, line) -> PRINTING.matcher(line).find() && !mayPrint(file)))
                .isEmpty();
    }

    @Test
    void packagesHaveNamesThatSayWhatIsInThem() throws IOException {
        assertThat(findings(sources("src"), (file, line) -> BANNED_PACKAGE.matcher(line).find()))
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        List<String> silent = new ArrayList<>();
        for (Path source : sources("src/main")) {
            Path info = source.resolveSibling("package-info.java");
            if (!Files.exists(info) || !Files.readString(info).contains("@NullMarked")) {
                silent.add(ROOT.relativize(source.getParent()).toString());
            }
        }
        assertThat(silent.stream().distinct()).isEmpty();
    }

    /** A text that a test sends or expects, which reads better whole. */
    private static boolean isSample(Path file, String line) {
        return file.toString().contains("/src/test/") && line.strip().matches("(\\+ )?\".*");
    }

    private static boolean mayPrint(Path file) {
        String path = ROOT.relativize(file).toString();
        return path.contains("/app/cli/")
                || path.startsWith("bench/")
                || path.endsWith("EngineMain.java");
    }

    private interface Rule {
        boolean breaks(Path file, String line);
    }

    private static List<String> findings(List<Path> files, Rule rule) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            List<String> lines = Files.readAllLines(file);
            for (int number = 0; number < lines.size(); number++) {
                if (rule.breaks(file, lines.get(number))) {
                    found.add(
                            ROOT.relativize(file)
                                    + ":"
                                    + (number + 1)
                                    + " "
                                    + lines.get(number).strip());
                }
            }
        }
        return found;
    }

    private static List<Path> sources(String below) throws IOException {
        List<Path> all = new ArrayList<>();
        for (String module : MODULES) {
            Path folder = ROOT.resolve(module).resolve(below);
            if (Files.isDirectory(folder)) {
                try (Stream<Path> walk = Files.walk(folder)) {
                    walk.filter(path -> path.toString().endsWith(".java")).forEach(all::add);
                }
            }
        }
        assertThat(all).as("sources below " + ROOT).isNotEmpty();
        return all;
    }
}
