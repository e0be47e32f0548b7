package agency.platform.postgres;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What PostgreSQL writes down, in one file of bounded size with one older beside it. The server
 * appends, so that the file can be cut under it.
 */
final class ServerLog {
    private static final Logger LOG = LoggerFactory.getLogger(ServerLog.class);

    private final Path file;
    private final long mostBytes;
    private long launchedAt;

    ServerLog(Path file, long mostBytes) {
        this.file = file;
        this.mostBytes = mostBytes;
    }

    Path file() {
        return file;
    }

    /** Where the server appends, from here on about a new launch. */
    ProcessBuilder.Redirect launch() {
        bound();
        launchedAt = size();
        return ProcessBuilder.Redirect.appendTo(file.toFile());
    }

    /** Moves the text aside when there is too much of it. */
    void bound() {
        if (size() <= mostBytes) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            Files.copy(
                    file,
                    file.resolveSibling(file.getFileName() + ".1"),
                    StandardCopyOption.REPLACE_EXISTING);
            channel.truncate(0);
            launchedAt = 0;
        } catch (IOException failed) {
            LOG.warn("{} cannot be shortened: {}", file, failed.getMessage());
        }
    }

    /** Why the latest launch failed, in PostgreSQL's words. */
    String lastFatal() {
        List<String> said =
                since().lines()
                        .filter(line -> line.contains("FATAL") || line.contains("PANIC"))
                        .toList();
        return said.isEmpty()
                ? "it gave no reason"
                : said.getLast().replaceFirst("^.*(FATAL|PANIC): *", "");
    }

    private String since() {
        try {
            byte[] all = Files.readAllBytes(file);
            int from = (int) Math.min(launchedAt, all.length);
            return new String(
                    all, from, all.length - from, java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException absent) {
            return "";
        }
    }

    private long size() {
        try {
            return Files.size(file);
        } catch (IOException absent) {
            return 0;
        }
    }
}
