package agency.kernel.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonTest {
    static Stream<Arguments> reasons() {
        return Stream.of(
                Arguments.of(new AccessDeniedException("/x"), "permission denied"),
                Arguments.of(
                        new FileAlreadyExistsException("/x"), "a file of that name is in the way"),
                Arguments.of(new NoSuchFileException("/x"), "it is not there"),
                Arguments.of(new NotDirectoryException("/x"), "it is no folder"),
                Arguments.of(new DirectoryNotEmptyException("/x"), "the folder is not empty"),
                Arguments.of(
                        new FileSystemException("/x", null, "Read-only file system"),
                        "read-only file system"),
                Arguments.of(new IOException("No space left"), "No space left"),
                Arguments.of(new IOException(), "IOException"));
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void saysWhyWithoutThePath(IOException failed, String reason) {
        assertThat(Reason.of(failed)).isEqualTo(reason);
    }

    @Test
    void putsWordsToWhatTheJdkReallyThrows(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(failure(() -> Files.createDirectories(file)))
                .isEqualTo("a file of that name is in the way");
        assertThat(failure(() -> Files.createDirectories(file.resolve("under"))))
                .isIn("not a directory", "it is no folder");
        assertThat(failure(() -> Files.readString(folder.resolve("absent"))))
                .isEqualTo("it is not there");
    }

    private interface Work {
        Object run() throws IOException;
    }

    private static String failure(Work work) {
        try {
            return "no failure: " + work.run();
        } catch (IOException failed) {
            return Reason.of(failed);
        }
    }
}
