package agency.gateway.adapter.provider.openai;

import agency.gateway.api.GatewaySettings;
import agency.platform.http.EventLoops;
import agency.platform.http.PerLoop;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.util.List;

/**
 * HTTP clients, one for each event loop, so that an answer never crosses from one loop to another
 * on its way.
 */
public final class UpstreamClients implements AutoCloseable {
    /** Connections that nobody used for so long are closed, seconds. */
    private static final int KEEP_ALIVE_S = 30;

    private final Vertx vertx;
    private final GatewaySettings settings;
    private final PerLoop<HttpClient> clients;
    private final PerLoop<ReadPace> paces;

    /** Clients on this Vert.x; none is made yet. */
    public UpstreamClients(EventLoops loops, GatewaySettings settings) {
        this.vertx = loops.vertx();
        this.clients = loops.perLoop(this::make);
        this.paces = loops.perLoop(() -> new ReadPace(loops.vertx()));
        this.settings = settings;
    }

    /** The client of the event loop that calls. */
    HttpClient client() {
        return clients.get();
    }

    /** The pace of the event loop that calls. */
    ReadPace pace() {
        return paces.get();
    }

    private HttpClient make() {
        HttpClientOptions options =
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_1_1)
                        .setUseAlpn(true)
                        .setAlpnVersions(List.of(HttpVersion.HTTP_1_1))
                        .setForceSni(true)
                        .setTcpNoDelay(true)
                        .setKeepAlive(true)
                        .setKeepAliveTimeout(KEEP_ALIVE_S)
                        .setConnectTimeout((int) settings.connectTimeout().toMillis());
        PoolOptions pool =
                new PoolOptions()
                        .setHttp1MaxSize(settings.connectionsPerLoop())
                        .setMaxWaitQueueSize(settings.waitingPerLoop());
        return vertx.httpClientBuilder()
                .with(options)
                .with(pool)
                // A connection that breaks tells its request; to log it as well would say it twice.
                .withConnectHandler(connection -> connection.exceptionHandler(e -> {}))
                .build();
    }

    @Override
    public void close() {
        clients.each(HttpClient::close);
    }
}
