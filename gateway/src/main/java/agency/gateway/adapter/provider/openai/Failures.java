package agency.gateway.adapter.provider.openai;

import agency.gateway.port.UpstreamFailure;
import agency.platform.egress.Egress;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/** What went wrong on the way to a provider, in our words and without its addresses. */
final class Failures {
    private Failures() {}

    static UpstreamFailure of(Throwable e) {
        return switch (e) {
            case Egress.Refused refused ->
                    new UpstreamFailure.Unreachable(String.valueOf(refused.getMessage()));
            case ConnectTimeoutException timeout -> new UpstreamFailure.TimedOut("connect", 0);
            case ConnectException refused ->
                    new UpstreamFailure.Unreachable("the connection was refused");
            case UnknownHostException unknown ->
                    new UpstreamFailure.Unreachable("its name is not known");
            case SSLException tls -> new UpstreamFailure.Unreachable("TLS failed");
            case ConnectionPoolTooBusyException busy ->
                    new UpstreamFailure.Busy(
                            "Too many requests wait for a connection to the provider.", 1);
            case HttpClosedException closed ->
                    new UpstreamFailure.Disconnected("it closed the connection");
            case ClosedChannelException closed ->
                    new UpstreamFailure.Disconnected("it closed the connection");
            case java.io.IOException io -> new UpstreamFailure.Disconnected("the connection broke");
            default ->
                    new UpstreamFailure.Garbage(
                            "not HTTP as we know it (" + e.getClass().getSimpleName() + ")");
        };
    }

    /** An error in the place of a stream's next event. */
    static UpstreamFailure within(byte[] error) {
        return new UpstreamFailure.Answered(
                500, "application/json", Buffer.buffer(error), null, null);
    }
}
