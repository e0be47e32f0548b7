package agency.gateway.adapter.provider.local.store;

import agency.gateway.adapter.provider.local.store.PullProgress.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Downloads one file into a part file, going on where it stopped: after a cut connection by itself,
 * after the end of our process the next time.
 */
final class Fetcher {
    /** Most tries without a single new byte between them, once bytes have come. */
    static final int MAX_FRUITLESS_TRIES = 5;

    /** Most tries if not a single byte ever came: the source cannot be reached, and another may. */
    static final int MAX_FIRST_TRIES = 2;

    private static final int BUFFER_BYTES = 1 << 17;
    private static final long REPORT_EVERY_BYTES = 1 << 20;
    private static final int MAX_PAUSE_DOUBLINGS = 4;

    private final Downloads downloads;
    private final long firstPauseMs;

    /**
     * A fetcher.
     *
     * @param firstPauseMs the pause after the first failed try, doubled with each, in milliseconds
     */
    Fetcher(Downloads downloads, long firstPauseMs) {
        this.downloads = downloads;
        this.firstPauseMs = firstPauseMs;
    }

    /**
     * Fetches {@code uri} into {@code part} until it has {@code bytes} bytes.
     *
     * @throws PullProblem if the source does not have what is wanted, or cannot be reached
     */
    void fetch(URI uri, Path part, long bytes, PullProgress.Watcher watcher)
            throws PullProblem, IOException, InterruptedException {
        int fruitless = 0;
        boolean fruitful = false;
        while (true) {
            long before = Files.exists(part) ? Files.size(part) : 0;
            if (before == bytes) {
                return;
            }
            if (before > bytes) {
                Files.delete(part);
                continue;
            }
            String why = attempt(uri, part, before, bytes, watcher);
            long after = Files.exists(part) ? Files.size(part) : 0;
            if (after >= bytes) {
                continue;
            }
            fruitful |= after > before;
            fruitless = after > before ? 0 : fruitless + 1;
            if (fruitless >= (fruitful ? MAX_FRUITLESS_TRIES : MAX_FIRST_TRIES)) {
                throw new PullProblem(
                        "%s could not be downloaded: %s (%d of %d bytes are there; pulling again goes on from them)."
                                .formatted(name(uri), why, after, bytes));
            }
            Thread.sleep(firstPauseMs << Math.min(fruitless, MAX_PAUSE_DOUBLINGS));
        }
    }

    /** One try; gives why it ended, for the case that it ended early. */
    private String attempt(URI uri, Path part, long from, long bytes, PullProgress.Watcher watcher)
            throws PullProblem, InterruptedException, IOException {
        try (Downloads.Opened opened = downloads.open(uri, from)) {
            int status = opened.status();
            if (status == 404 || status == 401 || status == 403 || status == 410) {
                throw new PullProblem(
                        status == 404 || status == 410
                                ? "%s does not exist there (status %d)."
                                        .formatted(name(uri), status)
                                : "%s is not public; it needs a sign-in (status %d)."
                                        .formatted(name(uri), status));
            }
            if (status != 200 && status != 206) {
                return "status " + status;
            }
            if (opened.totalBytes() >= 0 && opened.totalBytes() != bytes) {
                throw new PullProblem(
                        "%s has %d bytes where %d are expected."
                                .formatted(name(uri), opened.totalBytes(), bytes));
            }
            long at = status == 206 ? opened.firstByte() : 0;
            if (at > from) {
                return "it began at byte " + at + " instead of " + from;
            }
            return copy(opened.body(), part, at, bytes, watcher);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String copy(
            InputStream in, Path part, long from, long bytes, PullProgress.Watcher watcher)
            throws IOException, PullProblem {
        try (FileChannel file =
                FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.truncate(from);
            file.position(from);
            byte[] buffer = new byte[BUFFER_BYTES];
            long done = from;
            long reported = from - REPORT_EVERY_BYTES;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (done + n > bytes) {
                    throw new PullProblem(
                            "The download gives more than the %d bytes expected.".formatted(bytes));
                }
                ByteBuffer piece = ByteBuffer.wrap(buffer, 0, n);
                while (piece.hasRemaining()) {
                    done += file.write(piece);
                }
                if (done - reported >= REPORT_EVERY_BYTES) {
                    reported = done;
                    watcher.at(new PullProgress(Phase.DOWNLOADING, done, bytes));
                }
            }
            file.force(false);
            watcher.at(new PullProgress(Phase.DOWNLOADING, done, bytes));
            return "the connection ended early";
        }
    }

    private static String name(URI uri) {
        String path = String.valueOf(uri.getPath());
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
