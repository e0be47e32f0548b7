package agency.gateway.adapter.provider.openai;

import agency.gateway.domain.routing.ModelCard;
import agency.gateway.domain.vendor.Vendor;
import agency.gateway.port.ProviderProbe;
import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.Operation;
import agency.platform.egress.Egress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Lists a provider's models. */
public final class ModelLister implements ProviderProbe {
    /** Longest wait for the whole answer, seconds. */
    private static final int TIMEOUT_S = 15;

    /** Longest list, bytes: OpenRouter's has about half a megabyte. */
    private static final int MAX_BYTES = 8 * 1024 * 1024;

    /** Most models of one provider; further ones can be named with the provider all the same. */
    static final int MAX_MODELS = 2_000;

    private static final JsonMapper JSON = new JsonMapper();

    private final Vertx vertx;
    private final UpstreamClients clients;
    private final Egress egress;

    /** Lists over these clients and this way out. */
    public ModelLister(Vertx vertx, UpstreamClients clients, Egress egress) {
        this.vertx = vertx;
        this.clients = clients;
        this.egress = egress;
    }

    private record Answer(int status, Buffer body) {}

    @Override
    public Probed probe(Vendor vendor, URI base, String key) {
        Upstream upstream = Upstream.of("probe", vendor, base, key);
        long from = System.nanoTime();
        Promise<Answer> promise = Promise.promise();
        vertx.getOrCreateContext().runOnContext(v -> ask(upstream).onComplete(promise));
        try {
            Answer answer =
                    promise.future()
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(TIMEOUT_S, TimeUnit.SECONDS);
            return read(answer, (System.nanoTime() - from) / 1_000_000);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new Probed.Unusable(sentence(Failures.of(cause)));
        } catch (TimeoutException e) {
            return new Probed.Unusable("it did not answer within " + TIMEOUT_S + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Probed.Unusable("we are stopping");
        }
    }

    private Future<Answer> ask(Upstream upstream) {
        return egress.target(upstream.origin())
                .compose(target ->
                        clients.client()
                                .request(
                                        new RequestOptions()
                                                .setServer(
                                                        SocketAddress.inetSocketAddress(
                                                                target.port(), target.address()))
                                                .setHost(target.host())
                                                .setPort(target.port())
                                                .setSsl(target.tls())
                                                .setMethod(HttpMethod.GET)
                                                .setURI(upstream.target(Operation.PROBE, ""))))
                .compose(request -> send(upstream, request))
                .compose(this::gather);
    }

    private static Future<HttpClientResponse> send(Upstream upstream, HttpClientRequest request) {
        if (!upstream.keyHeader().isEmpty()) {
            request.putHeader(upstream.keyHeader(), upstream.keyValue());
        }
        request.putHeader(HttpHeaders.ACCEPT, "application/json")
                .putHeader(HttpHeaders.USER_AGENT, "agency");
        return request.send();
    }

    private Future<Answer> gather(HttpClientResponse response) {
        Promise<Answer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.handler(piece -> {
            if (body.length() + piece.length() > MAX_BYTES) {
                whole.tryFail(new java.io.IOException("too long"));
                response.request().reset();
            } else {
                body.appendBuffer(piece);
            }
        });
        response.endHandler(v -> whole.tryComplete(new Answer(response.statusCode(), body)));
        return whole.future();
    }

    private static Probed read(Answer answer, long latencyMs) {
        int status = answer.status();
        if (status == 401 || status == 403) return new Probed.KeyRefused(status);
        if (status != 200) return new Probed.Unusable("it answered with the status " + status);
        try {
            JsonNode root = JSON.readTree(answer.body().getBytes());
            JsonNode list = root.isArray() ? root : root.path("data");
            if (!list.isArray()) return new Probed.Unusable("what it sent is not a list of models");
            List<ModelCard> models = new ArrayList<>();
            for (JsonNode entry : list) {
                JsonNode id = entry.path("id");
                if (!id.isString() || models.size() == MAX_MODELS) continue;
                String name = id.stringValue();
                if (!ModelCard.fits(name)) continue;
                models.add(new ModelCard(name, outputLimit(entry)));
            }
            return new Probed.Reached(latencyMs, List.copyOf(models));
        } catch (JacksonException e) {
            return new Probed.Unusable("what it sent is not JSON");
        }
    }

    /** Groq, OpenRouter and GitHub say it, each in its own place. */
    private static long outputLimit(JsonNode entry) {
        for (JsonNode place :
                List.of(
                        entry.path("max_completion_tokens"),
                        entry.path("top_provider").path("max_completion_tokens"),
                        entry.path("limits").path("max_output_tokens"))) {
            if (place.isIntegralNumber() && place.longValue() > 0) return place.longValue();
        }
        return 0;
    }

    private static String sentence(UpstreamFailure failure) {
        return switch (failure) {
            case UpstreamFailure.Unreachable(String reason) -> "it cannot be reached: " + reason;
            case UpstreamFailure.Disconnected(String reason) -> "it broke off: " + reason;
            case UpstreamFailure.TimedOut(String phase, long after) ->
                    "it took too long (" + phase + ")";
            case UpstreamFailure.Garbage(String reason) -> "what it sent is " + reason;
            case UpstreamFailure.Answered answered -> "it answered " + answered.status();
            case UpstreamFailure.Refused refused -> refused.message();
            case UpstreamFailure.Busy(String message, int seconds) -> message;
        };
    }
}
