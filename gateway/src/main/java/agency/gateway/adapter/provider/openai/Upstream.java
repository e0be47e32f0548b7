package agency.gateway.adapter.provider.openai;

import agency.gateway.domain.vendor.Vendor;
import agency.kernel.metering.Operation;
import io.vertx.core.http.HttpHeaders;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * One connected provider as its adapter sees it. Never shows the key.
 *
 * @param name the name it was connected under
 * @param vendor its row
 * @param base where its API begins
 * @param origin scheme, host and port of that
 * @param keyHeader the header that carries the key; empty for none
 * @param keyValue what goes there
 */
record Upstream(
        String name,
        Vendor vendor,
        URI base,
        URI origin,
        CharSequence keyHeader,
        CharSequence keyValue) {

    static Upstream of(String name, Vendor vendor, URI base, String key) {
        URI origin = URI.create(base.getScheme() + "://" + base.getRawAuthority());
        boolean bearer = vendor.keyHeader() == Vendor.KeyHeader.BEARER;
        CharSequence header = bearer ? HttpHeaders.AUTHORIZATION : "api-key";
        return key.isEmpty()
                ? new Upstream(name, vendor, base, origin, "", "")
                : new Upstream(
                        name,
                        vendor,
                        base,
                        origin,
                        header,
                        HttpHeaders.createOptimized(bearer ? "Bearer " + key : key));
    }

    /** The request target of this kind of work with this model. */
    String target(Operation operation, String model) {
        String path =
                switch (operation) {
                    case CHAT -> vendor.chatPath();
                    case EMBEDDINGS -> vendor.embeddingsPath();
                    case PROBE -> vendor.modelsPath();
                };
        if (path.indexOf('{') >= 0) {
            path = path.replace("{model}", URLEncoder.encode(model, StandardCharsets.UTF_8));
        }
        return prefix() + path + vendor.query();
    }

    private String prefix() {
        String path = base.getRawPath();
        if (path == null) return "";
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    @Override
    public String toString() {
        return "Upstream[" + name + ", " + base + "]";
    }
}
