package agency.gateway.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import agency.gateway.domain.refusal.Refusal;
import agency.gateway.domain.routing.Routed;
import agency.gateway.domain.wire.Splice;
import agency.gateway.flow.ListModels;
import agency.gateway.flow.ListModels.Answered;
import agency.gateway.port.ClientCall;
import agency.gateway.port.Meters;
import agency.platform.http.Exchange;
import agency.platform.http.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.net.URLDecoder;
import java.util.List;
import java.util.StringJoiner;

/** {@code GET /v1/models} and {@code /v1/models/{id}}, in OpenAI's shape. */
final class ModelList implements Handler.OnEventLoop {
    /** The path of the list; one model's lies below it. */
    static final String PATH = "/v1/models";

    private final String route;
    private final ListModels flow;
    private final Meters meters;

    ModelList(String route, ListModels flow, Meters meters) {
        this.route = route;
        this.flow = flow;
        this.meters = meters;
    }

    @Override
    public void handle(Exchange exchange) {
        ClientCall call = new VertxCall(exchange, route, 0, meters);
        String path = String.valueOf(exchange.request().path());
        boolean one = path.length() > PATH.length() + 1;
        Answered answered =
                one
                        ? flow.one(
                                call.bearer(),
                                call::address,
                                decoded(path.substring(PATH.length() + 1)))
                        : flow.all(call.bearer(), call::address);
        switch (answered) {
            case Answered.Refused(Refusal refusal) -> call.refuse(refusal);
            case Answered.One(String name, Routed.To to) -> send(exchange, json(name, to));
            case Answered.All(List<Answered.One> models) -> {
                StringJoiner list = new StringJoiner(",", "{\"object\":\"list\",\"data\":[", "]}");
                for (Answered.One model : models) list.add(json(model.name(), model.to()));
                send(exchange, list.toString());
            }
        }
    }

    /** Slashes in names may come escaped, as the SDKs send them, or plain. */
    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException e) {
            return part;
        }
    }

    /** When a model was made nobody tells us; its clients want the field all the same. */
    private static String json(String name, Routed.To to) {
        return "{\"id\":"
                + Splice.quoted(name)
                + ",\"object\":\"model\",\"created\":0,\"owned_by\":"
                + Splice.quoted(to.provider())
                + "}";
    }

    private static void send(Exchange exchange, String json) {
        HttpServerResponse response = exchange.request().response();
        response.putHeader("x-request-id", exchange.id().toString());
        response.putHeader("content-type", "application/json");
        response.end(Buffer.buffer(json.getBytes(UTF_8)));
    }
}
