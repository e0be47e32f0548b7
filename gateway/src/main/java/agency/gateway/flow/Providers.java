package agency.gateway.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import agency.gateway.domain.provider.Connection;
import agency.gateway.domain.provider.ProviderCommand;
import agency.gateway.domain.provider.ProviderEvent;
import agency.gateway.domain.provider.ProviderPlace;
import agency.gateway.domain.provider.ProviderRefusal;
import agency.gateway.domain.routing.ModelCard;
import agency.gateway.domain.vendor.Vendor;
import agency.gateway.domain.vendor.VendorTable;
import agency.gateway.port.Metering;
import agency.gateway.port.ProviderProbe;
import agency.gateway.port.ProviderProbe.Probed;
import agency.gateway.view.connected.ConnectedProviders;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Position;
import agency.kernel.fact.StreamName;
import agency.kernel.id.IdSource;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Caller;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.Permit;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.platform.crypto.SealedBox;
import agency.platform.log.Commands;
import agency.platform.log.Commands.Handled;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** Connects, tests and removes providers. Blocking; for virtual threads. */
public final class Providers {
    /** The name of the engine on this machine, which nobody else may have. */
    public static final String LOCAL = "local";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");
    private static final UUID NOBODY = new UUID(0, 0);

    private final ConnectedProviders connected;
    private final ProviderProbe probe;
    private final Metering metering;
    private final SealedBox box;
    private final Commands commands;
    private final Consumer<Position> shown;
    private final IdSource ids;
    private final LongSupplier nanos;

    /**
     * Providers kept in the log.
     *
     * @param shown waits until the view shows what was recorded up to a position
     */
    public Providers(
            ConnectedProviders connected,
            ProviderProbe probe,
            Metering metering,
            SealedBox box,
            Commands commands,
            Consumer<Position> shown,
            IdSource ids,
            LongSupplier nanos) {
        this.connected = connected;
        this.probe = probe;
        this.metering = metering;
        this.box = box;
        this.commands = commands;
        this.shown = shown;
        this.ids = ids;
        this.nanos = nanos;
    }

    /**
     * A wish to connect.
     *
     * @param vendor its row
     * @param name the name it is to have
     * @param baseUrl where its API begins; empty for the vendor's usual address
     * @param key its key; empty for none
     * @param test whether it must answer first
     * @param replace whether one of this name gives way
     * @param foundHere see {@link Connection#foundHere()}
     */
    public record Wish(
            String vendor,
            String name,
            String baseUrl,
            String key,
            boolean test,
            boolean replace,
            boolean foundHere) {
        /** Never shows the key. */
        @Override
        public String toString() {
            return "Wish[" + vendor + ", " + name + ", " + baseUrl + "]";
        }
    }

    /** What came of a wish. */
    public sealed interface Result {
        /** Connected; {@code latencyMs} is -1 when it was not tested. */
        record Done(String name, List<ModelCard> models, long latencyMs) implements Result {}

        /** A field of the wish cannot be; {@code why} says what would be right. */
        record Wrong(String field, String why) implements Result {}

        /** It was tested and did not pass. */
        record TestFailed(Probed probed) implements Result {}

        /** The ledger does not allow a call now. */
        record NotPermitted(String why) implements Result {}

        /** The log says no. */
        record Refused(ProviderRefusal refusal) implements Result {}
    }

    /** Connects a provider, after a test unless the wish forgoes it. */
    public Result connect(Wish wish, FactMeta meta) {
        Optional<Vendor> row = VendorTable.named(wish.vendor());
        if (row.isEmpty()) return new Result.Wrong("vendor", "no such vendor; " + vendors());
        Vendor vendor = row.get();
        if (!NAME.matcher(wish.name()).matches() || wish.name().equals(LOCAL)) {
            return new Result.Wrong(
                    "name",
                    "a name has 1 to 40 lower-case letters, digits and hyphens, begins with a"
                            + " letter and is not 'local'");
        }
        String url = wish.baseUrl().isEmpty() ? vendor.baseUrl() : wish.baseUrl();
        Optional<URI> base = BaseUrl.parsed(url);
        if (base.isEmpty()) {
            return new Result.Wrong(
                    "base_url",
                    "must be an address like https://host/v1, without user, query and fragment");
        }
        if (wish.key().isEmpty() && vendor.needsKey()) {
            return new Result.Wrong("api_key", vendor.title() + " answers nobody without a key");
        }
        List<ModelCard> models = List.of();
        long latency = -1;
        if (wish.test()) {
            Result tested = test(wish.name(), vendor, base.get(), wish.key());
            if (!(tested instanceof Result.Done done)) return tested;
            models = done.models();
            latency = done.latencyMs();
        }
        Connection connection =
                new Connection(
                        wish.name(),
                        vendor.name(),
                        base.get().toString(),
                        sealed(wish.name(), base.get(), wish.key()),
                        wish.foundHere());
        return recorded(
                wish.name(),
                new ProviderCommand.ConnectProvider(connection, models, wish.replace()),
                meta,
                new Result.Done(wish.name(), models, latency));
    }

    /** Tests a connected provider and remembers what it offers now. */
    public Result test(String name, FactMeta meta) {
        Optional<ConnectedProviders.Row> row = connected.named(name);
        if (row.isEmpty()) return new Result.Refused(new ProviderRefusal.NotConnected());
        Connection connection = row.get().connection();
        Vendor vendor = VendorTable.named(connection.vendor()).orElseThrow();
        URI base = URI.create(connection.baseUrl());
        Result tested = test(name, vendor, base, opened(connection));
        if (!(tested instanceof Result.Done done)) return tested;
        return recorded(name, new ProviderCommand.ListModels(done.models()), meta, done);
    }

    /** Removes a provider; its key goes with the last fact that held it. */
    public Result remove(String name, FactMeta meta) {
        return recorded(
                name,
                new ProviderCommand.RemoveProvider(name),
                meta,
                new Result.Done(name, List.of(), -1));
    }

    private Result recorded(String name, ProviderCommand command, FactMeta meta, Result.Done done) {
        StreamName stream = StreamName.of(0, ConnectedProviders.CATEGORY, name);
        return switch (commands.handle(stream, new ProviderPlace(), command, meta)) {
            case Handled.Done<ProviderEvent, ProviderRefusal> ok -> {
                shown.accept(ok.at());
                yield done;
            }
            case Handled.Refused<ProviderEvent, ProviderRefusal> no ->
                    new Result.Refused(no.reason());
        };
    }

    /** Even a probe is a call that could cost: it needs a permit like any other. */
    private Result test(String name, Vendor vendor, URI base, String key) {
        Caller caller = new Caller(0, NOBODY, null, NOBODY);
        Intent intent = new Intent(ids.next(), 1, caller, Operation.PROBE, name, "models", 0, 0);
        CompletableFuture<Admission> answer = new CompletableFuture<>();
        metering.admit(intent, answer::complete);
        return switch (answer.join()) {
            case Admission.Admitted(Permit permit) -> probed(permit, name, vendor, base, key);
            case Admission.Exhausted exhausted ->
                    new Result.NotPermitted("the account " + exhausted.account() + " is exhausted");
            case Admission.Unpriced unpriced ->
                    new Result.NotPermitted("the account " + unpriced.account() + " has a cap");
            case Admission.Overloaded overloaded ->
                    new Result.NotPermitted("the ledger cannot record more now; try again");
        };
    }

    private Result probed(Permit permit, String name, Vendor vendor, URI base, String key) {
        long from = nanos.getAsLong();
        Ending ending = Ending.UPSTREAM_BROKEN;
        int status = 0;
        try {
            Probed probed = probe.probe(vendor, base, key);
            switch (probed) {
                case Probed.Reached(long latency, List<ModelCard> models) -> {
                    ending = Ending.COMPLETED;
                    status = 200;
                    return new Result.Done(name, models, latency);
                }
                case Probed.KeyRefused(int refused) -> {
                    ending = Ending.UPSTREAM_ERROR;
                    status = refused;
                    return new Result.TestFailed(probed);
                }
                case Probed.Unusable unusable -> {
                    return new Result.TestFailed(probed);
                }
            }
        } finally {
            long micros = (nanos.getAsLong() - from) / 1_000;
            permit.settle(
                    new Outcome(
                            ending,
                            UsageClass.REPORTED,
                            TokenUsage.NONE,
                            status,
                            micros,
                            0,
                            micros,
                            0,
                            null));
        }
    }

    private String sealed(String name, URI base, String key) {
        if (key.isEmpty()) return "";
        byte[] boxed = box.seal(key.getBytes(UTF_8), Connection.belongsTo(name, origin(base)));
        return Base64.getEncoder().encodeToString(boxed);
    }

    /** The key of a connected provider; empty for none. Throws a fault when it does not open. */
    public String opened(Connection connection) {
        if (connection.sealedKey().isEmpty()) return "";
        String belongsTo =
                Connection.belongsTo(connection.name(), origin(URI.create(connection.baseUrl())));
        byte[] boxed = Base64.getDecoder().decode(connection.sealedKey());
        return new String(box.open(boxed, belongsTo), UTF_8);
    }

    private static String origin(URI base) {
        return base.getScheme() + "://" + base.getRawAuthority();
    }

    private static String vendors() {
        return "there are "
                + String.join(", ", VendorTable.ALL.stream().map(Vendor::name).toList());
    }
}
