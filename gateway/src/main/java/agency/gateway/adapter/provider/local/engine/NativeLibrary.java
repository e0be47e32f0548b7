package agency.gateway.adapter.provider.local.engine;

import agency.gateway.adapter.provider.local.unpack.Unpacked;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Puts the llama.cpp library of {@code de.kherud:llama} where it can be loaded from, and loads it.
 */
@SuppressWarnings(
        "restricted") // loading the library is this class's purpose; it only runs in the child
// process
final class NativeLibrary {
    /** The version of the jar; part of the folder's name, so that a new one is unpacked anew. */
    static final String VERSION = "4.2.0";

    private NativeLibrary() {}

    /**
     * Unpacks the library under {@code folder} if it is not there yet, and loads it.
     *
     * @throws LlamaFault with what is missing and how to get it
     */
    static void load(Path folder) {
        Path library;
        try {
            library = unpacked(folder);
        } catch (IOException e) {
            throw new LlamaFault(
                    "the llama.cpp library could not be unpacked into "
                            + folder
                            + ": "
                            + e.getMessage());
        }
        try {
            System.load(library.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError e) {
            throw new LlamaFault(explained(String.valueOf(e.getMessage())));
        }
    }

    /** What the loader's message means for the person who reads it. */
    static String explained(String message) {
        if (message.contains("libgomp")) {
            return "llama.cpp needs the system library libgomp.so.1, which is not installed"
                    + " (Debian, Ubuntu: apt install libgomp1; Fedora: dnf install libgomp;"
                    + " Alpine: apk add libgomp)";
        }
        return "the llama.cpp library could not be loaded: " + message;
    }

    private static Path unpacked(Path folder) throws IOException {
        String resource =
                resource(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        return Unpacked.file(NativeLibrary.class, resource, folder.resolve("llama-" + VERSION));
    }

    /** Where the jar keeps the library for a system. */
    static String resource(String os, String architecture) {
        String arch =
                switch (architecture.toLowerCase(Locale.ROOT)) {
                    case "aarch64", "arm64" -> "aarch64";
                    default -> "x86_64";
                };
        String name = os.toLowerCase(Locale.ROOT);
        if (name.contains("mac")) {
            return "/de/kherud/llama/Mac/" + arch + "/libjllama.dylib";
        }
        return "/de/kherud/llama/"
                + (name.contains("win")
                        ? "Windows/" + arch + "/jllama.dll"
                        : "Linux/" + arch + "/libjllama.so");
    }
}
