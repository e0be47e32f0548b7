package agency.access.domain.key;

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
    record AdministratorKeyIssued(
            UUID key, Personal name, String sha256, @Nullable Instant expires, Instant at)
            implements Issued {}

    /** It was ended for ever. */
    record KeyRevoked(UUID key, Instant at) implements KeyEvent {}
}
