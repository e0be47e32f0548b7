package agency.access.flow;

import agency.access.domain.key.ApiKey;
import agency.access.domain.key.KeyCommand;
import agency.access.domain.key.KeyCommand.IssueAdministratorKey;
import agency.access.domain.key.KeyCommand.IssueProjectKey;
import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyRefusal;
import agency.access.domain.role.Standing;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Personal;
import agency.kernel.id.IdSource;
import agency.kernel.money.Nanos;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands.Handled;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Issues an API key. Its text is in the answer and nowhere else, ever. */
public final class IssueKey {
    private final Recording recording;
    private final IdSource ids;
    private final SecretSource secrets;
    private final InstantSource clock;
    private final ApiKey decider = new ApiKey();

    /** Issues keys with ids, secrets and the time from here. */
    public IssueKey(Recording recording, IdSource ids, SecretSource secrets, InstantSource clock) {
        this.recording = recording;
        this.ids = ids;
        this.secrets = secrets;
        this.clock = clock;
    }

    /** What became of it. */
    public sealed interface Result {
        /** It lets in, here, from now on. */
        record Done(UUID key, Secret text) implements Result {}

        /** It was not issued. */
        record Refused(KeyRefusal reason) implements Result {}
    }

    /** What a project's key is to be; see {@link IssueProjectKey}. */
    public record ProjectKey(
            UUID project,
            Personal name,
            List<String> models,
            @Nullable Instant expires,
            @Nullable Nanos cap,
            List<String> networks,
            @Nullable UUID account) {}

    /** Issues a project's key. */
    public Result forProject(int tenant, ProjectKey wanted, FactMeta meta) {
        return forProject(tenant, ids.next(), wanted, meta);
    }

    /** Issues a project's key under an id that was chosen before. */
    Result forProject(int tenant, UUID key, ProjectKey wanted, FactMeta meta) {
        Minting minting = Minting.of(Minting.PROJECT_KEY, secrets);
        return issue(
                tenant,
                minting,
                new IssueProjectKey(
                        key,
                        wanted.project(),
                        wanted.name(),
                        minting.sha256(),
                        wanted.models(),
                        wanted.expires(),
                        wanted.cap(),
                        wanted.networks(),
                        wanted.account(),
                        clock.instant()),
                meta);
    }

    /** What an administrator's key is to be; see {@link IssueAdministratorKey}. */
    public record AdministratorKey(
            Personal name,
            Standing standing,
            Set<String> may,
            @Nullable Instant expires,
            List<String> networks) {}

    /** Issues an administrator's key. */
    public Result forAdministrator(int tenant, AdministratorKey wanted, FactMeta meta) {
        Minting minting = Minting.of(Minting.ADMINISTRATOR_KEY, secrets);
        return issue(
                tenant,
                minting,
                new IssueAdministratorKey(
                        ids.next(),
                        wanted.name(),
                        wanted.standing(),
                        wanted.may(),
                        minting.sha256(),
                        wanted.expires(),
                        wanted.networks(),
                        clock.instant()),
                meta);
    }

    private Result issue(int tenant, Minting minting, KeyCommand.Issue command, FactMeta meta) {
        Handled<KeyEvent, KeyRefusal> handled =
                recording.here(ApiKey.stream(tenant, command.key()), decider, command, meta);
        return switch (handled) {
            case Handled.Done<KeyEvent, KeyRefusal> done ->
                    new Result.Done(command.key(), minting.text());
            case Handled.Refused<KeyEvent, KeyRefusal> refused ->
                    new Result.Refused(refused.reason());
        };
    }
}
