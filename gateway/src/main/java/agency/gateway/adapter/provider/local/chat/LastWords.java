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

    /** The last line that names an error, or nothing. */
    synchronized String lastError() {
        String error = "";
        for (String line : kept.toString().split("\n")) {
            if (line.contains("error")
                    || line.contains("what():")
                    || line.contains("GGML_ASSERT")) {
                error = line.strip();
            }
        }
        return error.length() > LINE_CHARACTERS ? error.substring(0, LINE_CHARACTERS) : error;
    }
}
