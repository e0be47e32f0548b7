package agency.gateway.adapter.provider.local.store;

import java.util.UUID;

/**
 * One wish to fetch a model, from its beginning to its outcome.
 *
 * @param id by which its outcome can be asked for
 * @param source what was asked for, as the person wrote it
 * @param label how {@link Pulls#states()} calls what is being fetched for it now
 * @param state how it stands
 */
public record Pull(UUID id, String source, String label, PullState state) {
    Pull now(String other, PullState moved) {
        return new Pull(id, source, other, moved);
    }
}
