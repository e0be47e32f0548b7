package agency.gateway.adapter.provider.local.store;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a model comes from. */
public sealed interface ModelSource {
    /**
     * A file in a repository of the Hugging Face hub.
     *
     * @param repository owner and name with a slash between
     * @param revision a commit, or {@code main}
     * @param file the file's path in it; empty to have one chosen
     */
    record Hub(String repository, String revision, String file) implements ModelSource {}

    /** A file on this machine. */
    record File(Path path) implements ModelSource {}

    /**
     * Packages of PyPI whose files, joined in the order of the packages, are the model.
     *
     * @param packages their names with versions
     * @param marker what the names of the model's files, or of its parts, contain
     * @param kept names of files to be kept beside the model
     * @param bytes the size of the packages together, for the progress bar
     */
    record Packages(List<String> packages, String marker, List<String> kept, long bytes)
            implements ModelSource {
        /** Copies the lists. */
        public Packages {
            packages = List.copyOf(packages);
            kept = List.copyOf(kept);
        }
    }

    /** How a source is written: {@code hf:owner/repo}, with {@code :file} if need be. */
    Pattern HUB =
            Pattern.compile(
                    "hf:([A-Za-z0-9][\\w.-]{0,95}/[A-Za-z0-9][\\w.-]{0,95})(?::([\\w./"
                            + " -]{1,200}))?");

    /**
     * Reads a source as a person writes it: a known model's name is not one.
     *
     * @throws PullProblem if it is neither a hub reference nor a path
     */
    static ModelSource parse(String text) throws PullProblem {
        Matcher hub = HUB.matcher(text);
        if (hub.matches()) {
            String file = hub.group(2) == null ? "" : hub.group(2);
            if (file.startsWith("/")
                    || List.of(file.split("/")).contains("..")
                    || hub.group(1).contains("..")) {
                throw new PullProblem("'%s' leaves its repository.".formatted(text));
            }
            return new Hub(hub.group(1), "main", file);
        }
        if (text.startsWith("hf:")) {
            throw new PullProblem(
                    "'%s' is not of the form hf:owner/repo or hf:owner/repo:file.gguf."
                            .formatted(text));
        }
        if (text.indexOf('\0') >= 0 || !text.endsWith(".gguf")) {
            throw new PullProblem(
                    "'%s' is no model we know, no hf:owner/repo[:file], and no path of a .gguf file."
                            .formatted(text));
        }
        return new File(Path.of(text));
    }
}
