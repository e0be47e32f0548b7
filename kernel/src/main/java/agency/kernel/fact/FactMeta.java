package agency.kernel.fact;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The circumstances of a fact.
 *
 * @param actor who caused it: a key id, a person id or the name of a part; never personal text
 * @param correlation what ties together everything that one request caused
 * @param causation the fact that caused this one, if one did
 */
public record FactMeta(String actor, UUID correlation, @Nullable UUID causation) {}
