package agency.gateway.adapter.provider.local.chat;

/**
 * The end of what a child wrote to standard error: llama.cpp's reasons stand there. It never
 * contains prompts or answers.
 */
final class LastWords {
    private static final int KEPT_CHARACTERS = 8_192;
    private static final int LINE_CHARACTERS = 300;

    private final StringBuilder kept = new StringBuilder();

    synchronized void add(String text) {
        kept.append(text);
        if (kept.length() > KEPT_CHARACTERS) {
            kept.delete(0, kept.length() - KEPT_CHARACTERS);
        }
    }

    /** The last line that names an error, else the last line, else nothing. */
    synchronized String last() {
        String named = "";
        String last = "";
        for (String line : kept.toString().split("\n")) {
            String trimmed = line.strip();
            if (trimmed.isEmpty() || trimmed.chars().allMatch(c -> c == '.')) {
                continue;
            }
            last = trimmed;
            if (trimmed.contains("error")
                    || trimmed.contains("what():")
                    || trimmed.contains("GGML_ASSERT")) {
                named = trimmed;
            }
        }
        String chosen = named.isEmpty() ? last : named;
        return chosen.length() > LINE_CHARACTERS ? chosen.substring(0, LINE_CHARACTERS) : chosen;
    }
}
