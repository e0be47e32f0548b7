package agency.gateway.adapter.http;

import agency.gateway.flow.CompleteChat;
import agency.gateway.port.Meters;
import agency.platform.http.Exchange;
import agency.platform.http.Handler;

/** A door to models: hands each request to the flow. */
final class PassThrough implements Handler.OnEventLoop {
    private final String route;
    private final CompleteChat flow;
    private final int maxBodyBytes;
    private final Meters meters;

    PassThrough(String route, CompleteChat flow, int maxBodyBytes, Meters meters) {
        this.route = route;
        this.flow = flow;
        this.maxBodyBytes = maxBodyBytes;
        this.meters = meters;
    }

    @Override
    public void handle(Exchange exchange) {
        flow.answer(new VertxCall(exchange, route, maxBodyBytes, meters));
    }
}
