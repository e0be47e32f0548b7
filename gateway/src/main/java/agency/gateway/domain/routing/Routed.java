package agency.gateway.domain.routing;

import java.util.List;

/** Who is to be asked for a model. */
public sealed interface Routed {
    /**
     * This provider.
     *
     * @param provider its name
     * @param model its name for the model
     * @param outputLimit most output tokens of one answer; 0 when not known
     */
    record To(String provider, String model, long outputLimit) implements Routed {
        /** The name that always means this model. */
        public String fullName() {
            return provider + "/" + model;
        }
    }

    /** Nobody offers it; the nearest names that are offered, best first. */
    record Nobody(List<String> nearest) implements Routed {}

    /** Several do; the full names to choose from. */
    record Several(List<String> names) implements Routed {}
}
