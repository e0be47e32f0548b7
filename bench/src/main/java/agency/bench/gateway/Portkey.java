package agency.bench.gateway;

import agency.bench.load.ProcessTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Portkey's gateway from npm: the nearest open peer that starts without a database. Plain requests
 * only: streaming of the package published on npm is broken.
 */
final class Portkey implements Subject {

    private static final String VERSION = "1.15.2";
    private static final String SCRIPT = "node_modules/@portkey-ai/gateway/build/start-server.js";

    private final Child child;
    private final int port = Child.freePort();
    private final int upstreamPort;

    Portkey(Path folder, int upstreamPort) throws IOException {
        this.upstreamPort = upstreamPort;
        Path installed = home().resolve(SCRIPT);
        this.child =
                Child.start(
                        folder,
                        Map.of(),
                        List.of("node", installed.toString(), "--port=" + port, "--headless"));
        child.awaitPort(port);
    }

    /** Installs it when npm may; gives whether it is there. */
    static boolean ensure() {
        try {
            if (!Programs.onPath("node")) return false;
            Path home = home();
            if (Files.exists(home.resolve(SCRIPT))) return true;
            Files.writeString(home.resolve("package.json"), "{\"private\":true}");
            Programs.runs(
                    home,
                    List.of(
                            "npm",
                            "install",
                            "--no-audit",
                            "--no-fund",
                            "@portkey-ai/gateway@" + VERSION));
            return Files.exists(home.resolve(SCRIPT));
        } catch (IOException e) {
            return false;
        }
    }

    private static Path home() throws IOException {
        return Programs.cache("portkey-" + VERSION);
    }

    @Override
    public String name() {
        return "Portkey";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public ProcessTree processes() {
        return new ProcessTree(List.of(child.pid()), "");
    }

    @Override
    public Map<String, String> headers() {
        return Map.of(
                "authorization", "Bearer sk-upstream",
                "x-portkey-provider", "openai",
                "x-portkey-custom-host", "http://127.0.0.1:" + upstreamPort + "/v1");
    }

    @Override
    public boolean streams() {
        return false;
    }

    @Override
    public void close() {
        child.close();
    }
}
