package agency.kernel.fact;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Personal text inside a fact: stored encrypted under a key of the person it is about, so that
 * destroying the key erases it everywhere at once.
 *
 * @param person whom it is about
 * @param text the text, or null once it has been erased
 */
public record Personal(UUID person, @Nullable String text) {
    /** Never shows the text: this may end in a log. */
    @Override
    public String toString() {
        return "Personal[" + person + "]";
    }
}
