package agency.gateway.adapter.provider.local.unpack;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Copies resources to files: whole or not at all, and only when they are not there yet. */
public final class Unpacked {
    private Unpacked() {}

    /**
     * The file that holds {@code resource}, in {@code folder} under the resource's own name.
     *
     * @throws IOException if there is no such resource, or it cannot be written
     */
    public static Path file(Class<?> of, String resource, Path folder) throws IOException {
        Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
        try (InputStream in = of.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource + " is not in the jar");
            }
            if (Files.exists(file)) {
                return file;
            }
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "unpacking", ".part");
            try {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
            return file;
        }
    }
}
