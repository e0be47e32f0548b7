package agency.app.cli;

import agency.kernel.name.Nearest;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What is said to somebody whose words were not understood, with the word probably meant. */
final class Misunderstood {
    private Misunderstood() {}

    /** One sentence or two about a command line that picocli refused. */
    static String said(CommandLine.ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        CommandSpec spec = command.getCommandSpec();
        if (!(wrong instanceof CommandLine.UnmatchedArgumentException unmatched)) {
            return wrong.getMessage()
                    + (command.getSubcommands().isEmpty()
                            ? ""
                            : ". There are: "
                                    + String.join(", ", command.getSubcommands().keySet()));
        }
        String word = unmatched.getUnmatched().getFirst();
        if (word.startsWith("-")) {
            return option(word, spec.qualifiedName(), spec.optionsMap().keySet());
        }
        if (command.getSubcommands().isEmpty()) {
            return spec.qualifiedName() + " takes no '" + word + "'.";
        }
        return "There is no command '"
                + spec.qualifiedName()
                + " "
                + word
                + "'."
                + meant(
                        Nearest.to(word, command.getSubcommands().keySet())
                                .map(near -> spec.qualifiedName() + " " + near)
                                .stream()
                                .toList());
    }

    /** That a command has no such option. */
    static String option(String word, String command, Collection<String> options) {
        String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        return command
                + " has no option "
                + name
                + "."
                + meant(Nearest.to(name, options).stream().toList());
    }

    private static String meant(List<String> near) {
        return near.isEmpty() ? "" : " Did you mean: " + near.getFirst();
    }
}
