package agency.gateway.flow;

import agency.gateway.api.GatewaySettings;
import agency.gateway.domain.refusal.Refusal;
import agency.gateway.domain.routing.Routed;
import agency.gateway.domain.routing.TokenBounds;
import agency.gateway.domain.wire.RequestScanner;
import agency.gateway.domain.wire.Scanned;
import agency.gateway.domain.wire.Splice;
import agency.gateway.domain.wire.WireRequest;
import agency.gateway.port.Callers;
import agency.gateway.port.Callers.Bearer;
import agency.gateway.port.ClientCall;
import agency.gateway.port.Metering;
import agency.gateway.port.ModelProvider;
import agency.gateway.port.ModelRequest;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Permit;
import agency.platform.telemetry.Traces;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The pass-through: who asks, what for, of whom, may it be; then the provider's answer, as it
 * comes, and its usage on record. Runs on the event loop and never blocks. Embeddings take the same
 * way.
 */
public final class CompleteChat {
    private final Operation operation;
    private final GatewaySettings settings;
    private final Callers callers;
    private final ModelDirectory directory;
    private final Metering metering;
    private final InFlight inFlight;
    private final Traces traces;

    /** The pass-through of one kind of work. */
    public CompleteChat(
            Operation operation,
            GatewaySettings settings,
            Callers callers,
            ModelDirectory directory,
            Metering metering,
            InFlight inFlight,
            Traces traces) {
        this.operation = operation;
        this.settings = settings;
        this.callers = callers;
        this.directory = directory;
        this.metering = metering;
        this.inFlight = inFlight;
        this.traces = traces;
    }

    /** Answers one request. */
    public void answer(ClientCall call) {
        String key = call.bearer();
        switch (Doorkeeper.bearer(callers, key, call::address)) {
            case Bearer.Known known -> call.body(body -> arrived(call, key, body));
            case Bearer other -> call.refuse(Doorkeeper.refusal(key, other));
        }
    }

    /** A body may be long in coming, and the key be revoked meanwhile: it is asked for again. */
    private void arrived(ClientCall call, @Nullable String key, byte[] body) {
        switch (Doorkeeper.bearer(callers, key, call::address)) {
            case Bearer.Known known -> scan(call, known, body);
            case Bearer other -> call.refuse(Doorkeeper.refusal(key, other));
        }
    }

    private void scan(ClientCall call, Bearer.Known known, byte[] body) {
        switch (RequestScanner.scan(body)) {
            case Scanned.Well(WireRequest wire) -> route(call, known, wire, body);
            case Scanned.Malformed(int line, int column, String what, String field) ->
                    call.refuse(
                            field.isEmpty()
                                    ? new Refusal.BadJson(line, column, what)
                                    : new Refusal.BadField(field, what, line, column));
        }
    }

    private void route(ClientCall call, Bearer.Known known, WireRequest wire, byte[] body) {
        switch (directory.route(wire.model())) {
            case Routed.To to when !Doorkeeper.mayUse(known, wire.model(), to) ->
                    call.refuse(new Refusal.ModelNotAllowed(wire.model()));
            case Routed.To to -> admit(call, known, wire, body, to);
            case Routed.Nobody nobody ->
                    call.refuse(new Refusal.UnknownModel(wire.model(), nobody.nearest()));
            case Routed.Several several ->
                    call.refuse(new Refusal.AmbiguousModel(wire.model(), several.names()));
        }
    }

    private void admit(
            ClientCall call, Bearer.Known known, WireRequest wire, byte[] body, Routed.To to) {
        Intent intent =
                new Intent(
                        call.id(),
                        1,
                        known.caller(),
                        operation,
                        to.provider(),
                        to.model(),
                        TokenBounds.input(wire),
                        TokenBounds.output(
                                operation, wire, to.outputLimit(), settings.assumedOutputTokens()));
        metering.admit(
                intent, admission -> call.onLoop(() -> admitted(call, admission, wire, body)));
    }

    private void admitted(ClientCall call, Admission admission, WireRequest wire, byte[] body) {
        switch (admission) {
            case Admission.Admitted(Permit permit) -> attempt(call, permit, wire, body);
            case Admission.Exhausted no ->
                    call.refuse(
                            new Refusal.Exhausted(
                                    no.account(),
                                    no.tokens(),
                                    no.cap(),
                                    no.left(),
                                    no.bound(),
                                    no.renewsAt()));
            case Admission.Unpriced(String provider, String model, String account) ->
                    call.refuse(new Refusal.Unpriced(provider, model, account));
            case Admission.Overloaded(int retryAfterSeconds) ->
                    call.refuse(new Refusal.Overloaded(retryAfterSeconds));
        }
    }

    private void attempt(ClientCall call, Permit permit, WireRequest wire, byte[] body) {
        Intent intent = permit.intent();
        Attempt attempt = new Attempt(call, permit, wire, inFlight, traces);
        @Nullable ModelProvider provider = directory.provider(intent.provider());
        if (provider == null) {
            attempt.providerLeft();
            return;
        }
        byte[] asked =
                Splice.forProvider(
                        body, wire, intent.model(), directory.asksUsage(intent.provider()));
        attempt.begin(
                provider.start(
                        permit,
                        new ModelRequest(
                                intent.request(),
                                operation,
                                intent.model(),
                                Buffer.buffer(asked),
                                wire.stream(),
                                wire.tellUsage(),
                                intent.caller().key()),
                        attempt));
    }
}
