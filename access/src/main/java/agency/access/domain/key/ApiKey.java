package agency.access.domain.key;

import agency.access.domain.key.KeyCommand.IssueAdministratorKey;
import agency.access.domain.key.KeyCommand.IssueProjectKey;
import agency.access.domain.key.KeyCommand.RevokeKey;
import agency.access.domain.key.KeyEvent.KeyRevoked;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.key.KeyEvent.RoleKeyIssued;
import agency.access.domain.key.KeyRefusal.BeyondOwn;
import agency.access.domain.key.KeyRefusal.CapNotPositive;
import agency.access.domain.key.KeyRefusal.ExpiryPassed;
import agency.access.domain.key.KeyRefusal.NeverIssued;
import agency.access.domain.key.KeyRefusal.TakenId;
import agency.access.domain.key.KeyRefusal.TooManyModels;
import agency.access.domain.key.KeyRefusal.UnfitModel;
import agency.access.domain.key.KeyRefusal.UnfitName;
import agency.access.domain.name.Naming;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.StreamName;
import agency.kernel.money.Nanos;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides about an API key. A key is never changed: what it allows is what it was issued with,
 * until it expires or is revoked.
 */
public final class ApiKey implements Decider<KeyCommand, ApiKey.State, KeyEvent, KeyRefusal> {
    /** The category of its streams. */
    public static final String CATEGORY = "access.key";

    /** Most models a key can be bound to. */
    public static final int MAX_MODELS = 100;

    /** Longest name of a model, in characters. */
    public static final int MAX_MODEL_LENGTH = 200;

    /** How it stands. */
    public sealed interface State {
        /** No such key. */
        record Absent() implements State {}

        /** It was issued; {@code sha256} tells a repeated command from another key's. */
        record Issued(String sha256) implements State {}

        /** It was ended. */
        record Revoked(String sha256) implements State {}
    }

    /** The stream of one key. */
    public static StreamName stream(int tenant, UUID key) {
        return StreamName.of(tenant, CATEGORY, key.toString());
    }

    @Override
    public State initial() {
        return new State.Absent();
    }

    @Override
    public Decision<KeyEvent, KeyRefusal> decide(KeyCommand command, State state) {
        return switch (command) {
            case KeyCommand.Issue issue ->
                    switch (state) {
                        case State.Absent absent -> issued(issue);
                        case State.Issued issued -> repeated(issued.sha256(), issue.sha256());
                        case State.Revoked revoked -> repeated(revoked.sha256(), issue.sha256());
                    };
            case RevokeKey revoke ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverIssued());
                        case State.Issued issued ->
                                Decision.accept(new KeyRevoked(revoke.key(), revoke.at()));
                        case State.Revoked revoked -> Decision.nothing();
                    };
        };
    }

    @Override
    public State evolve(State state, KeyEvent event) {
        return switch (event) {
            case KeyEvent.Issued issued -> new State.Issued(issued.sha256());
            case KeyRevoked revoked ->
                    switch (state) {
                        case State.Issued issued -> new State.Revoked(issued.sha256());
                        case State.Absent absent -> throw neverSo(revoked);
                        case State.Revoked twice -> throw neverSo(revoked);
                    };
        };
    }

    private static Decision<KeyEvent, KeyRefusal> issued(KeyCommand.Issue issue) {
        Optional<KeyRefusal> flaw = flaw(issue);
        return flaw.isPresent() ? Decision.reject(flaw.get()) : Decision.accept(event(issue));
    }

    private static KeyEvent event(KeyCommand.Issue issue) {
        return switch (issue) {
            case IssueProjectKey project ->
                    new ProjectKeyIssued(
                            project.key(),
                            project.project(),
                            project.name(),
                            project.sha256(),
                            project.models(),
                            project.expires(),
                            project.cap(),
                            project.at());
            case IssueAdministratorKey administrator ->
                    new RoleKeyIssued(
                            administrator.key(),
                            administrator.name(),
                            administrator.standing().role(),
                            administrator.standing().installation(),
                            administrator.sha256(),
                            administrator.expires(),
                            administrator.at());
        };
    }

    private static Decision<KeyEvent, KeyRefusal> repeated(String standing, String asked) {
        return standing.equals(asked) ? Decision.nothing() : Decision.reject(new TakenId());
    }

    private static Optional<KeyRefusal> flaw(KeyCommand.Issue issue) {
        Optional<String> unfit = Naming.flaw(Objects.requireNonNullElse(issue.name().text(), ""));
        if (unfit.isPresent()) {
            return Optional.of(new UnfitName(unfit.get()));
        }
        Instant expires = issue.expires();
        if (expires != null && !expires.isAfter(issue.at())) {
            return Optional.of(new ExpiryPassed(expires, issue.at()));
        }
        return switch (issue) {
            case IssueProjectKey project -> flaw(project.models()).or(() -> flaw(project.cap()));
            case IssueAdministratorKey administrator -> beyond(administrator);
        };
    }

    private static Optional<KeyRefusal> beyond(IssueAdministratorKey key) {
        Set<String> missing = key.standing().beyond(key.may());
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(new BeyondOwn(key.standing(), missing));
    }

    private static Optional<KeyRefusal> flaw(List<String> models) {
        if (models.size() > MAX_MODELS) {
            return Optional.of(new TooManyModels(models.size(), MAX_MODELS));
        }
        for (int index = 0; index < models.size(); index++) {
            String model = models.get(index);
            if (model.length() > MAX_MODEL_LENGTH || !model.matches("[\\x21-\\x7e]+")) {
                return Optional.of(new UnfitModel(index));
            }
        }
        return Optional.empty();
    }

    private static Optional<KeyRefusal> flaw(@Nullable Nanos cap) {
        return cap != null && cap.compareTo(Nanos.ZERO) <= 0
                ? Optional.of(new CapNotPositive())
                : Optional.empty();
    }

    private static IllegalStateException neverSo(KeyRevoked revoked) {
        return new IllegalStateException(
                "key " + revoked.key() + " was revoked when it could not be");
    }
}
