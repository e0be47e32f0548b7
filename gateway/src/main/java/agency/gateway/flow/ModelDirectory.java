package agency.gateway.flow;

import agency.gateway.domain.routing.Catalogue;
import agency.gateway.domain.routing.Routed;
import agency.gateway.port.ModelProvider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The catalogue of the moment and the providers behind it; replaced as a whole. */
public final class ModelDirectory {
    /**
     * A provider and how it is to be asked.
     *
     * @param asksUsage whether a stream of it tells its usage only if asked
     */
    public record Member(ModelProvider provider, boolean asksUsage) {}

    private record Snapshot(Catalogue catalogue, Map<String, Member> members) {}

    private volatile Snapshot now = new Snapshot(Catalogue.EMPTY, Map.of());

    /** Puts a new catalogue and its providers in the place of the old ones. */
    public void replace(Catalogue catalogue, Map<String, Member> members) {
        now = new Snapshot(catalogue, Map.copyOf(members));
    }

    /** Who is to be asked for this model. */
    public Routed route(String model) {
        return now.catalogue().route(model);
    }

    /** The provider of this name; null when it has left. */
    public @Nullable ModelProvider provider(String name) {
        Member member = now.members().get(name);
        return member == null ? null : member.provider();
    }

    /** Whether a stream of this provider tells its usage only if asked. */
    public boolean asksUsage(String name) {
        Member member = now.members().get(name);
        return member != null && member.asksUsage();
    }

    /** What is on offer. */
    public Catalogue catalogue() {
        return now.catalogue();
    }
}
