package agency.access.view.account;

import agency.access.domain.account.ServiceAccount;
import agency.access.domain.account.ServiceAccountEvent;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountClosed;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountOpened;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountRenamed;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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

    /** An organisation's service accounts, newest first, at most {@code limit}, before that one. */
    public List<ServiceAccountCard> newest(
            int tenant, @Nullable UUID before, int limit, Predicate<ServiceAccountCard> wanted) {
        ConcurrentNavigableMap<UUID, ServiceAccountCard> older =
                before == null ? accounts : accounts.headMap(before, false);
        return older.descendingMap().values().stream()
                .filter(card -> card.tenant() == tenant)
                .filter(wanted)
                .limit(limit)
                .toList();
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
                                            closed.at()));
        }
    }
}
