package agency.gateway.adapter.provider.local.chat;

/** How it stands with the child process of a model. */
public sealed interface EngineState {
    /** On disk, in no process. */
    record Unloaded() implements EngineState {}

    /** A process is loading it. */
    record Loading() implements EngineState {}

    /** A process holds it; {@code pid} is its id, {@code loadMillis} how long loading took. */
    record Loaded(long pid, long loadMillis) implements EngineState {}

    /**
     * It failed; {@code reason} completes a sentence.
     *
     * @param reason why
     * @param crashes how many times in a row
     * @param lasting whether only a change of the file or the system can help
     */
    record Failed(String reason, int crashes, boolean lasting) implements EngineState {}
}
