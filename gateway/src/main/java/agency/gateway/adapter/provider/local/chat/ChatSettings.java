package agency.gateway.adapter.provider.local.chat;

import java.nio.file.Path;

/**
 * How local chat models are run.
 *
 * @param natives the folder for unpacked libraries
 * @param contextTokens most tokens of prompt and answer together, if the model allows as many
 * @param threads threads a model computes with
 * @param maxWaiting most requests waiting for one model
 * @param maxWaitingPerCaller most of them from one caller
 * @param idleMs after how long without a request a model is unloaded, in milliseconds
 * @param maxLoaded most models in memory at once
 * @param firstBackOffMs how long a model rests after a crash, doubled with each, in milliseconds
 */
public record ChatSettings(
        Path natives,
        int contextTokens,
        int threads,
        int maxWaiting,
        int maxWaitingPerCaller,
        long idleMs,
        int maxLoaded,
        long firstBackOffMs) {

    /** What suits most machines. */
    public static ChatSettings usual(Path natives) {
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);
        return new ChatSettings(natives, 4_096, threads, 64, 16, 600_000, 1, 1_000);
    }
}
