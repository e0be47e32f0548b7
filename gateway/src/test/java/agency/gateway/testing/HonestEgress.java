package agency.gateway.testing;

import agency.platform.egress.Egress;
import io.vertx.core.Future;
import java.net.URI;

/** A way out to the loopback address only. */
public final class HonestEgress implements Egress {
    @Override
    public Future<Target> target(URI origin) {
        if (!"127.0.0.1".equals(origin.getHost())) {
            return Future.failedFuture(new Refused("only 127.0.0.1 is allowed in tests"));
        }
        return Future.succeededFuture(
                new Target("127.0.0.1", "127.0.0.1", origin.getPort(), false));
    }
}
