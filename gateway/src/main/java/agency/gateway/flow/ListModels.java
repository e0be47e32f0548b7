package agency.gateway.flow;

import agency.gateway.domain.refusal.Refusal;
import agency.gateway.domain.routing.Catalogue;
import agency.gateway.domain.routing.Routed;
import agency.gateway.port.Callers;
import agency.gateway.port.Callers.Bearer;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells the bearer of a key which models it may ask. Runs on the event loop. */
public final class ListModels {
    private final Callers callers;
    private final ModelDirectory directory;

    /** Lists of this directory. */
    public ListModels(Callers callers, ModelDirectory directory) {
        this.callers = callers;
        this.directory = directory;
    }

    /** The answer. */
    public sealed interface Answered {
        /** One model and the name by which to ask for it. */
        record One(String name, Routed.To to) implements Answered {}

        /** All that the key may ask. */
        record All(List<One> models) implements Answered {}

        /** No. */
        record Refused(Refusal refusal) implements Answered {}
    }

    /** All models that the bearer may ask. */
    public Answered all(@Nullable String key, Supplier<@Nullable InetAddress> address) {
        Bearer bearer = Doorkeeper.bearer(callers, key, address);
        if (!(bearer instanceof Bearer.Known known)) return new Answered.Refused(no(key, bearer));
        Catalogue catalogue = directory.catalogue();
        List<Answered.One> models = new ArrayList<>();
        for (String name : catalogue.names()) {
            if (catalogue.route(name) instanceof Routed.To to
                    && Doorkeeper.mayUse(known, name, to)) {
                models.add(new Answered.One(name, to));
            }
        }
        return new Answered.All(models);
    }

    /** One model, by any name that leads to it. */
    public Answered one(
            @Nullable String key, Supplier<@Nullable InetAddress> address, String name) {
        Bearer bearer = Doorkeeper.bearer(callers, key, address);
        if (!(bearer instanceof Bearer.Known known)) return new Answered.Refused(no(key, bearer));
        return switch (directory.route(name)) {
            case Routed.To to when Doorkeeper.mayUse(known, name, to) -> new Answered.One(name, to);
            case Routed.To to -> new Answered.Refused(new Refusal.ModelNotAllowed(name));
            case Routed.Nobody nobody ->
                    new Answered.Refused(new Refusal.UnknownModel(name, nobody.nearest()));
            case Routed.Several several ->
                    new Answered.Refused(new Refusal.AmbiguousModel(name, several.names()));
        };
    }

    private static Refusal no(@Nullable String key, Bearer bearer) {
        return Doorkeeper.refusal(key, bearer);
    }
}
