package agency.bench.product;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The checkout that this program was built from. */
public final class Checkout {

    private Checkout() {}

    /**
     * Its root folder: what the launcher says, else the nearest folder upwards that holds the
     * launcher.
     */
    public static Path root() {
        String said = System.getProperty("agency.checkout");
        if (said != null) return Path.of(said);
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null) {
            if (Files.isRegularFile(folder.resolve("agency"))
                    && Files.isDirectory(folder.resolve("kernel"))) {
                return folder;
            }
            folder = folder.getParent();
        }
        throw new IllegalStateException(
                "not inside a checkout of Agency: " + Path.of("").toAbsolutePath());
    }

    /**
     * The class path of this program, whole from any folder; it holds the application's classes.
     */
    public static String classPath() {
        // Surefire may hide the real class path in the manifest of a jar of its own.
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(path.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
