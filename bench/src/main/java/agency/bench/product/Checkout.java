package agency.bench.product;

import java.nio.file.Files;
import java.nio.file.Path;

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

    /** The class path of this program: it holds the application's classes too. */
    static String classPath() {
        // Surefire may hide the real class path in the manifest of a jar of its own.
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
