package agency.access.domain.key;

import agency.access.domain.role.Standing;
import agency.kernel.fact.Personal;
import agency.kernel.money.Nanos;
import java.time.Duration;
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

        /** The only networks from which it may be used, in CIDR notation; empty for all. */
        List<String> networks();

        /** The moment of asking. */
        Instant at();
    }

    /**
     * Issue a key for {@code /v1}, on a project's account.
     *
     * @param models the only models it may use; empty for all
     * @param cap the most it may ever spend; null for no cap of its own
     * @param account the service account that it belongs to; null for none
     */
    record IssueProjectKey(
            UUID key,
            UUID project,
            Personal name,
            String sha256,
            List<String> models,
            @Nullable Instant expires,
            @Nullable Nanos cap,
            List<String> networks,
            @Nullable UUID account,
            Instant at)
            implements Issue {
        /** Copies the lists. */
        public IssueProjectKey {
            models = List.copyOf(models);
            networks = List.copyOf(networks);
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
            List<String> networks,
            Instant at)
            implements Issue {
        /** Copies the networks and what whoever asks may do. */
        public IssueAdministratorKey {
            may = Set.copyOf(may);
            networks = List.copyOf(networks);
        }
    }

    /**
     * Change what it allows; what is null stays.
     *
     * @param name what people call it
     * @param models the only models it may use; empty for all
     * @param expiry when it ends by itself
     * @param networks the only networks from which it may be used; empty for all
     * @param may the names of all that whoever asks may do; a key that may more he cannot change
     */
    record ChangeKey(
            UUID key,
            @Nullable Personal name,
            @Nullable List<String> models,
            @Nullable Expiry expiry,
            @Nullable List<String> networks,
            Set<String> may,
            Instant at)
            implements KeyCommand {}

    /** When a key ends by itself; null for never. */
    record Expiry(@Nullable Instant at) {}

    /**
     * Give it another text.
     *
     * @param sha256 of the new text, 64 lower-case hexadecimal digits
     * @param overlap for how long the text so far lets in too
     * @param may the names of all that whoever asks may do; a key that may more he cannot change
     */
    record RotateKey(UUID key, String sha256, Duration overlap, Set<String> may, Instant at)
            implements KeyCommand {}

    /** End it for ever. */
    record RevokeKey(UUID key, Instant at) implements KeyCommand {}
}
