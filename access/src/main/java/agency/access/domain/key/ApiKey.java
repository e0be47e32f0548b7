package agency.access.domain.key;

import agency.access.domain.key.KeyCommand.ChangeKey;
import agency.access.domain.key.KeyCommand.Issue;
import agency.access.domain.key.KeyCommand.IssueAdministratorKey;
import agency.access.domain.key.KeyCommand.IssueProjectKey;
import agency.access.domain.key.KeyCommand.RevokeKey;
import agency.access.domain.key.KeyCommand.RotateKey;
import agency.access.domain.key.KeyEvent.Administrating;
import agency.access.domain.key.KeyEvent.KeyAssigned;
import agency.access.domain.key.KeyEvent.KeyExpirySet;
import agency.access.domain.key.KeyEvent.KeyModelsSet;
import agency.access.domain.key.KeyEvent.KeyNetworksSet;
import agency.access.domain.key.KeyEvent.KeyRenamed;
import agency.access.domain.key.KeyEvent.KeyRevoked;
import agency.access.domain.key.KeyEvent.KeyRotated;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.key.KeyEvent.RoleKeyIssued;
import agency.access.domain.key.KeyRefusal.AlreadyRevoked;
import agency.access.domain.key.KeyRefusal.BeyondOwn;
import agency.access.domain.key.KeyRefusal.CapNotPositive;
import agency.access.domain.key.KeyRefusal.ExpiryPassed;
import agency.access.domain.key.KeyRefusal.NeverIssued;
import agency.access.domain.key.KeyRefusal.NoModels;
import agency.access.domain.key.KeyRefusal.TakenId;
import agency.access.domain.key.KeyRefusal.TooManyModels;
import agency.access.domain.key.KeyRefusal.TooManyNetworks;
import agency.access.domain.key.KeyRefusal.UnfitModel;
import agency.access.domain.key.KeyRefusal.UnfitName;
import agency.access.domain.key.KeyRefusal.UnfitNetwork;
import agency.access.domain.key.KeyRefusal.UnfitOverlap;
import agency.access.domain.name.Naming;
import agency.access.domain.role.Standing;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.Personal;
import agency.kernel.fact.StreamName;
import agency.kernel.money.Nanos;
import agency.kernel.network.AddressRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides about an API key: what it allows can change and its text can be replaced, until it
 * expires or is revoked. What it may spend and as what it administrates never changes.
 */
public final class ApiKey implements Decider<KeyCommand, ApiKey.State, KeyEvent, KeyRefusal> {
    /** The category of its streams. */
    public static final String CATEGORY = "access.key";

    /** Most models a key can be bound to. */
    public static final int MAX_MODELS = 100;

    /** Longest name of a model, in characters. */
    public static final int MAX_MODEL_LENGTH = 200;

    /** Most networks a key can be bound to. */
    public static final int MAX_NETWORKS = 50;

    /** Longest time for which two texts of a key let in. */
    public static final Duration MAX_OVERLAP = Duration.ofDays(7);

    /** How it stands. */
    public sealed interface State {
        /** No such key. */
        record Absent() implements State {}

        /**
         * It was issued.
         *
         * @param first the SHA-256 it was issued with; tells a repeated command from another key's
         * @param standing as what it administrates; null for a project's key
         * @param terms what it allows by now
         */
        record Active(String first, @Nullable Standing standing, KeyTerms terms) implements State {}

        /** It was ended; {@code first} as before. */
        record Revoked(String first) implements State {}
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
            case Issue issue ->
                    switch (state) {
                        case State.Absent absent -> issued(issue);
                        case State.Active active -> repeated(active.first(), issue.sha256());
                        case State.Revoked revoked -> repeated(revoked.first(), issue.sha256());
                    };
            case ChangeKey change ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverIssued());
                        case State.Active active -> changed(change, active);
                        case State.Revoked revoked -> Decision.reject(new AlreadyRevoked());
                    };
            case RotateKey rotate ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverIssued());
                        case State.Active active -> rotated(rotate, active);
                        case State.Revoked revoked -> Decision.reject(new AlreadyRevoked());
                    };
            case RevokeKey revoke ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverIssued());
                        case State.Active active ->
                                Decision.accept(new KeyRevoked(revoke.key(), revoke.at()));
                        case State.Revoked revoked -> Decision.nothing();
                    };
        };
    }

    @Override
    public State evolve(State state, KeyEvent event) {
        return switch (event) {
            case KeyEvent.Issued issued ->
                    new State.Active(
                            issued.sha256(),
                            issued instanceof Administrating key ? key.standing() : null,
                            KeyTerms.of(issued));
            case KeyEvent.Changed changed -> {
                State.Active active = active(state, event);
                yield new State.Active(
                        active.first(), active.standing(), active.terms().after(changed));
            }
            case KeyRevoked revoked -> new State.Revoked(active(state, event).first());
        };
    }

    private static State.Active active(State state, KeyEvent event) {
        if (state instanceof State.Active active) {
            return active;
        }
        throw new IllegalStateException(
                event.getClass().getSimpleName() + " of a key that is " + state);
    }

    private static Decision<KeyEvent, KeyRefusal> issued(Issue issue) {
        Optional<KeyRefusal> flaw = flaw(issue);
        return flaw.isPresent()
                ? Decision.reject(flaw.get())
                : new Decision.Accepted<>(events(issue));
    }

    private static List<KeyEvent> events(Issue issue) {
        List<KeyEvent> events = new ArrayList<>();
        events.add(event(issue));
        if (!issue.networks().isEmpty()) {
            events.add(new KeyNetworksSet(issue.key(), canonical(issue.networks()), issue.at()));
        }
        if (issue instanceof IssueProjectKey project && project.account() != null) {
            events.add(new KeyAssigned(issue.key(), project.account(), issue.at()));
        }
        return events;
    }

    private static KeyEvent event(Issue issue) {
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

    private static Decision<KeyEvent, KeyRefusal> changed(ChangeKey change, State.Active active) {
        Optional<KeyRefusal> flaw =
                beyond(active.standing(), change.may()).or(() -> flaw(change, active));
        if (flaw.isPresent()) {
            return Decision.reject(flaw.get());
        }
        KeyTerms terms = active.terms();
        List<KeyEvent> events = new ArrayList<>();
        if (change.name() != null && !change.name().equals(terms.name())) {
            events.add(new KeyRenamed(change.key(), change.name(), change.at()));
        }
        if (change.models() != null && !change.models().equals(terms.models())) {
            events.add(new KeyModelsSet(change.key(), change.models(), change.at()));
        }
        if (change.expiry() != null && !Objects.equals(change.expiry().at(), terms.expires())) {
            events.add(new KeyExpirySet(change.key(), change.expiry().at(), change.at()));
        }
        if (change.networks() != null && !canonical(change.networks()).equals(terms.networks())) {
            events.add(new KeyNetworksSet(change.key(), canonical(change.networks()), change.at()));
        }
        return new Decision.Accepted<>(events);
    }

    private static Decision<KeyEvent, KeyRefusal> rotated(RotateKey rotate, State.Active active) {
        if (rotate.sha256().equals(active.terms().sha256())) {
            return Decision.nothing();
        }
        if (rotate.overlap().isNegative() || rotate.overlap().compareTo(MAX_OVERLAP) > 0) {
            return Decision.reject(new UnfitOverlap(MAX_OVERLAP));
        }
        return beyond(active.standing(), rotate.may())
                .<Decision<KeyEvent, KeyRefusal>>map(Decision::reject)
                .orElseGet(() ->
                        Decision.accept(
                                new KeyRotated(
                                        rotate.key(),
                                        rotate.sha256(),
                                        rotate.at().plus(rotate.overlap()),
                                        rotate.at())));
    }

    private static Optional<KeyRefusal> flaw(Issue issue) {
        return nameFlaw(issue.name())
                .or(() -> expiryFlaw(issue.expires(), issue.at()))
                .or(() -> networksFlaw(issue.networks()))
                .or(() ->
                        switch (issue) {
                            case IssueProjectKey project ->
                                    modelsFlaw(project.models()).or(() -> capFlaw(project.cap()));
                            case IssueAdministratorKey key -> beyond(key.standing(), key.may());
                        });
    }

    private static Optional<KeyRefusal> flaw(ChangeKey change, State.Active active) {
        if (change.models() != null && active.standing() != null) {
            return Optional.of(new NoModels());
        }
        return Stream.of(
                        Optional.ofNullable(change.name()).flatMap(ApiKey::nameFlaw),
                        Optional.ofNullable(change.expiry())
                                .flatMap(expiry -> expiryFlaw(expiry.at(), change.at())),
                        Optional.ofNullable(change.networks()).flatMap(ApiKey::networksFlaw),
                        Optional.ofNullable(change.models()).flatMap(ApiKey::modelsFlaw))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<KeyRefusal> nameFlaw(Personal name) {
        return Naming.flaw(Objects.requireNonNullElse(name.text(), "")).map(UnfitName::new);
    }

    private static Optional<KeyRefusal> expiryFlaw(@Nullable Instant expires, Instant at) {
        return expires != null && !expires.isAfter(at)
                ? Optional.of(new ExpiryPassed(expires, at))
                : Optional.empty();
    }

    private static Optional<KeyRefusal> beyond(@Nullable Standing standing, Set<String> may) {
        if (standing == null) {
            return Optional.empty();
        }
        Set<String> missing = standing.beyond(may);
        return missing.isEmpty() ? Optional.empty() : Optional.of(new BeyondOwn(standing, missing));
    }

    private static Optional<KeyRefusal> modelsFlaw(List<String> models) {
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

    private static Optional<KeyRefusal> networksFlaw(List<String> networks) {
        if (networks.size() > MAX_NETWORKS) {
            return Optional.of(new TooManyNetworks(networks.size(), MAX_NETWORKS));
        }
        for (int index = 0; index < networks.size(); index++) {
            try {
                AddressRange.parse(networks.get(index));
            } catch (IllegalArgumentException flaw) {
                return Optional.of(
                        new UnfitNetwork(index, Objects.requireNonNullElse(flaw.getMessage(), "")));
            }
        }
        return Optional.empty();
    }

    private static List<String> canonical(List<String> networks) {
        return networks.stream()
                .map(AddressRange::parse)
                .map(AddressRange::toString)
                .distinct()
                .toList();
    }

    private static Optional<KeyRefusal> capFlaw(@Nullable Nanos cap) {
        return cap != null && cap.compareTo(Nanos.ZERO) <= 0
                ? Optional.of(new CapNotPositive())
                : Optional.empty();
    }
}
