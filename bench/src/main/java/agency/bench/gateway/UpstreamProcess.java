package agency.bench.gateway;

import agency.bench.load.ProcessTree;
import agency.bench.product.Checkout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The scripted upstream in a process of its own; by itself it is the subject "direct". */
final class UpstreamProcess implements Subject {

    private final Child child;
    private final int port;

    UpstreamProcess(Path folder) {
        this.child =
                Child.start(
                        folder,
                        Map.of(),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-Dlogback.configurationFile=logback-bench.xml",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                Checkout.classPath(),
                                "agency.bench.upstream.ScriptedUpstream"));
        this.port = Integer.parseInt(child.awaitLine("scripted upstream listening on 127.0.0.1:"));
    }

    @Override
    public String name() {
        return "direct";
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
        return Map.of("authorization", "Bearer sk-upstream");
    }

    @Override
    public void close() {
        child.close();
    }
}
