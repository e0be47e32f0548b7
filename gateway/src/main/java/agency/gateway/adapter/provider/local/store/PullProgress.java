package agency.gateway.adapter.provider.local.store;

/**
 * How far the fetching of a model has come.
 *
 * @param phase what is being done
 * @param doneBytes bytes that this phase has done; never more than all of them, where that is known
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

    /** Whoever counts may be ahead of what a source said its size was; whoever shows it may not. */
    public PullProgress {
        doneBytes = totalBytes > 0 ? Math.clamp(doneBytes, 0, totalBytes) : Math.max(0, doneBytes);
    }

    /** Bytes that have come: once the download is over all of them, whatever is done with them. */
    public long hereBytes() {
        return switch (phase) {
            case LOOKING_UP, DOWNLOADING -> doneBytes;
            case UNPACKING, CHECKING -> totalBytes;
        };
    }

    /** From 0 to 100, of what is being done now. */
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
