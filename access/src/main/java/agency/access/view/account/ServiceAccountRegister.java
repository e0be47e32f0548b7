package agency.access.view.account;

import agency.access.domain.account.ServiceAccount;
import agency.access.domain.account.ServiceAccountEvent;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountClosed;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountOpened;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountRenamed;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** The service accounts of all projects, closed ones too. */
public final class ServiceAccountRegister implements MemoryView {
    /** The name of the view. */
    public static final String NAME = "access.service-accounts";

    private final ConcurrentNavigableMap<UUID, ServiceAccountCard> accounts =
            new ConcurrentSkipListMap<>();

    /** A service account of an organisation. */
    public Optional<ServiceAccountCard> account(int tenant, UUID account) {
        return Optional.ofNullable(accounts.get(account)).filter(card -> card.tenant() == tenant);
    }

    /** How many service accounts of an organisation are open. */
    public long countOpen(int tenant) {
        return accounts.values().stream()
                .filter(card -> card.tenant() == tenant && card.closed() == null)
                .count();
    }

    /** An organisation's service accounts, closed ones too. */
    public Stream<ServiceAccountCard> of(int tenant) {
        return accounts.values().stream().filter(card -> card.tenant() == tenant);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(ServiceAccount.CATEGORY);
    }

    @Override
    public void reset() {
        accounts.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch ((ServiceAccountEvent) fact.fact()) {
            case ServiceAccountOpened opened ->
                    accounts.put(
                            opened.account(),
                            new ServiceAccountCard(
                                    fact.stream().tenant(),
                                    opened.account(),
                                    opened.project(),
                                    opened.name(),
                                    opened.at(),
                                    fact.version(),
                                    null));
            case ServiceAccountRenamed renamed ->
                    accounts.computeIfPresent(
                            renamed.account(),
                            (id, card) ->
                                    new ServiceAccountCard(
                                            card.tenant(),
                                            id,
                                            card.project(),
                                            renamed.name(),
                                            card.opened(),
                                            fact.version(),
                                            card.closed()));
            case ServiceAccountClosed closed ->
                    accounts.computeIfPresent(
                            closed.account(),
                            (id, card) ->
                                    new ServiceAccountCard(
                                            card.tenant(),
                                            id,
                                            card.project(),
                                            card.name(),
                                            card.opened(),
                                            fact.version(),
                                            closed.at()));
        }
    }
}
