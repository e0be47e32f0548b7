package agency.access.domain.key;

import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.kernel.fact.Personal;
import agency.kernel.money.Nanos;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What happened to an API key. */
public sealed interface KeyEvent {
    /** A key was issued; the components are those of {@link KeyCommand.Issue}. */
    sealed interface Issued extends KeyEvent {
        /** Its id. */
        UUID key();

        /** What people call it, of the person who holds it. */
        Personal name();

        /** The SHA-256 of the key's text, 64 lower-case hexadecimal digits. */
        String sha256();

        /** When it ends by itself; null for never. */
        @Nullable Instant expires();

        /** When it was issued. */
        Instant at();
    }

    /** A key for {@code /v1} was issued; as {@link KeyCommand.IssueProjectKey}. */
    record ProjectKeyIssued(
            UUID key,
            UUID project,
            Personal name,
            String sha256,
            List<String> models,
            @Nullable Instant expires,
            @Nullable Nanos cap,
            Instant at)
            implements Issued {
        /** Copies the models. */
        public ProjectKeyIssued {
            models = List.copyOf(models);
        }
    }

    /** A key for {@code /api/v1} was issued. */
    sealed interface Administrating extends Issued {
        /** As what it acts, at most. */
        Standing standing();
    }

    /** A key for {@code /api/v1} was issued before there were roles: that of a founder. */
    record AdministratorKeyIssued(
            UUID key, Personal name, String sha256, @Nullable Instant expires, Instant at)
            implements Administrating {
        @Override
        public Standing standing() {
            return Standing.FOUNDER;
        }
    }

    /** A key for {@code /api/v1} was issued that acts with a role. */
    record RoleKeyIssued(
            UUID key,
            Personal name,
            Role role,
            @Nullable InstallationRole installation,
            String sha256,
            @Nullable Instant expires,
            Instant at)
            implements Administrating {
        @Override
        public Standing standing() {
            return new Standing(role, installation);
        }
    }

    /** What a key allows was changed. */
    sealed interface Changed extends KeyEvent {
        /** Its id. */
        UUID key();
    }

    /** People call it something else. */
    record KeyRenamed(UUID key, Personal name, Instant at) implements Changed {}

    /** It may use these models only; all when there are none. */
    record KeyModelsSet(UUID key, List<String> models, Instant at) implements Changed {
        /** Copies the models. */
        public KeyModelsSet {
            models = List.copyOf(models);
        }
    }

    /** It ends by itself at this moment; never when it is null. */
    record KeyExpirySet(UUID key, @Nullable Instant expires, Instant at) implements Changed {}

    /** It may be used from these networks only, in CIDR notation; from all when there are none. */
    record KeyNetworksSet(UUID key, List<String> networks, Instant at) implements Changed {
        /** Copies the networks. */
        public KeyNetworksSet {
            networks = List.copyOf(networks);
        }
    }

    /** It belongs to a service account and ends with it. */
    record KeyAssigned(UUID key, UUID account, Instant at) implements Changed {}

    /** It has another text; the one before lets in too until {@code overlapUntil}. */
    record KeyRotated(UUID key, String sha256, Instant overlapUntil, Instant at)
            implements Changed {}

    /** It was ended for ever. */
    record KeyRevoked(UUID key, Instant at) implements KeyEvent {}
}
