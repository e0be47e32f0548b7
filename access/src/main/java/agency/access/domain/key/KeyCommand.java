package agency.access.domain.key;

import agency.access.domain.role.Standing;
import agency.kernel.fact.Personal;
import agency.kernel.money.Nanos;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What can be asked of an API key. */
public sealed interface KeyCommand {
    /** Issue a key. */
    sealed interface Issue extends KeyCommand {
        /** Its id. */
        UUID key();

        /** What people call it, of the person who holds it. */
        Personal name();

        /** The SHA-256 of the key's text, 64 lower-case hexadecimal digits. */
        String sha256();

        /** When it ends by itself; null for never. */
        @Nullable Instant expires();

        /** The moment of asking. */
        Instant at();
    }

    /**
     * Issue a key for {@code /v1}, on a project's account.
     *
     * @param models the only models it may use; empty for all
     * @param cap the most it may ever spend; null for no cap of its own
     */
    record IssueProjectKey(
            UUID key,
            UUID project,
            Personal name,
            String sha256,
            List<String> models,
            @Nullable Instant expires,
            @Nullable Nanos cap,
            Instant at)
            implements Issue {
        /** Copies the models. */
        public IssueProjectKey {
            models = List.copyOf(models);
        }
    }

    /**
     * Issue a key for {@code /api/v1}, to administer with.
     *
     * @param standing as what it acts, at most
     * @param may the names of all that whoever asks may do; the key can have no more
     */
    record IssueAdministratorKey(
            UUID key,
            Personal name,
            Standing standing,
            Set<String> may,
            String sha256,
            @Nullable Instant expires,
            Instant at)
            implements Issue {
        /** Copies what whoever asks may do. */
        public IssueAdministratorKey {
            may = Set.copyOf(may);
        }
    }

    /** End it for ever. */
    record RevokeKey(UUID key, Instant at) implements KeyCommand {}
}
