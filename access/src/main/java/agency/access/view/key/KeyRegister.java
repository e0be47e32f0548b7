package agency.access.view.key;

import agency.access.api.KeyDirectory;
import agency.access.domain.account.ServiceAccount;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountClosed;
import agency.access.domain.key.ApiKey;
import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyEvent.KeyRevoked;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.key.KeyTerms;
import agency.access.domain.organisation.Organisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationClosed;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonEvent.PersonErased;
import agency.access.domain.project.Project;
import agency.access.domain.project.ProjectEvent.ProjectClosed;
import agency.access.view.fingerprint.Fingerprint;
import agency.kernel.fact.Recorded;
import agency.kernel.metering.Caller;
import agency.kernel.network.AddressRange;
import agency.platform.projection.MemoryView;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every key in memory: by the fingerprints of its texts for the request path, by its id for lists.
 * A key whose project, service account or organisation is closed counts as revoked. One thread
 * writes; readers take no lock.
 */
public final class KeyRegister implements MemoryView, KeyDirectory {
    /** The name of the view. */
    public static final String NAME = "access.keys";

    /** Longest text that is taken for a key, in characters: longer ones are not even hashed. */
    public static final int MAX_KEY_LENGTH = 100;

    private static final Answer UNKNOWN = new Answer.Unknown();
    private static final Answer ADRIFT = new Answer.Adrift();

    private final ConcurrentHashMap<Fingerprint, Entry> byFingerprint = new ConcurrentHashMap<>();
    private final ConcurrentNavigableMap<UUID, KeyCard> byId = new ConcurrentSkipListMap<>();

    /** What is closed, and since when: keys may be told of after what they belong to is closed. */
    private final Map<Object, Instant> closed = new ConcurrentHashMap<>();

    private final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();
    private final BooleanSupplier mayAdmit;

    /**
     * One text of a key.
     *
     * @param card the key
     * @param whenActive the answer it gets as long as it is active, made once
     * @param until when this text ends before the key does; null for the present one
     */
    private record Entry(KeyCard card, Answer whenActive, @Nullable Instant until) {
        boolean isOver(Instant now) {
            return until != null && !now.isBefore(until);
        }
    }

    /**
     * An empty register.
     *
     * @param mayAdmit whether this instance still hears of revocations, see {@code
     *     Instances.mayAdmit}
     */
    public KeyRegister(BooleanSupplier mayAdmit) {
        this.mayAdmit = mayAdmit;
    }

    @Override
    public Answer lookup(String key, Instant now) {
        Entry entry = find(key);
        // Asked after the key was found: what was found before the lease ended still counts.
        if (!mayAdmit.getAsBoolean()) {
            return ADRIFT;
        }
        if (entry == null) {
            return UNKNOWN;
        }
        KeyCard card = entry.card;
        return switch (card.standing(now)) {
            case ACTIVE -> entry.isOver(now) ? new Answer.Expired(card.id()) : entry.whenActive;
            case EXPIRED -> new Answer.Expired(card.id());
            case REVOKED -> new Answer.Revoked(card.id());
        };
    }

    /**
     * The card of the key with this text, whatever its kind and standing, if the text still counts.
     */
    public Optional<KeyCard> bearing(String key, Instant now) {
        return Optional.ofNullable(find(key)).filter(entry -> !entry.isOver(now)).map(Entry::card);
    }

    /** The card of the key with this id. */
    public Optional<KeyCard> byId(UUID key) {
        return Optional.ofNullable(byId.get(key));
    }

    /** An organisation's keys, all that there ever were. */
    public Stream<KeyCard> of(int tenant) {
        return byId.values().stream().filter(card -> card.tenant() == tenant);
    }

    /** The keys that administrate for a person and are not revoked. */
    public List<UUID> administratingFor(UUID person) {
        return byId.values().stream()
                .filter(card -> card.revokedAt() == null)
                .filter(card -> card.issued() instanceof KeyEvent.Administrating)
                .filter(card -> card.issued().name().person().equals(person))
                .map(KeyCard::id)
                .toList();
    }

    @Override
    public Registration onRevoked(Consumer<UUID> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(
                ApiKey.CATEGORY,
                Project.CATEGORY,
                ServiceAccount.CATEGORY,
                Organisation.CATEGORY,
                Person.CATEGORY);
    }

    @Override
    public void reset() {
        byFingerprint.clear();
        byId.clear();
        closed.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch (fact.fact()) {
            case KeyEvent.Issued issued ->
                    put(
                            new KeyCard(
                                    fact.stream().tenant(),
                                    issued,
                                    KeyTerms.of(issued),
                                    fact.version(),
                                    null));
            case KeyEvent.Changed changed -> {
                KeyCard card = card(changed.key());
                KeyTerms.Overlap before = card.terms().overlap();
                if (before != null && changed instanceof KeyEvent.KeyRotated) {
                    byFingerprint.remove(Fingerprint.parse(before.sha256()));
                }
                put(card.under(card.terms().after(changed), fact.version()));
            }
            case KeyRevoked revoked -> {
                KeyCard card = card(revoked.key());
                revoke(card.under(card.terms(), fact.version()), revoked.at());
            }
            case ProjectClosed shut ->
                    close(shut.project(), shut.at(), card -> shut.project().equals(card.project()));
            case ServiceAccountClosed shut ->
                    close(
                            shut.account(),
                            shut.at(),
                            card -> shut.account().equals(card.terms().account()));
            case OrganisationClosed shut ->
                    close(shut.number(), shut.at(), card -> card.tenant() == shut.number());
            case PersonErased erased ->
                    byId.values().stream()
                            .filter(card -> erased.person().equals(card.terms().name().person()))
                            .forEach(card ->
                                    put(card.under(card.terms().nameless(), card.version())));
            default -> {
                // Names and openings change nothing about keys.
            }
        }
    }

    private void close(Object what, Instant at, Predicate<KeyCard> belongs) {
        closed.put(what, at);
        byId.values().stream().filter(belongs).forEach(card -> revoke(card, at));
    }

    private KeyCard card(UUID key) {
        KeyCard card = byId.get(key);
        if (card == null) {
            throw new IllegalStateException("nothing is known of key " + key);
        }
        return card;
    }

    private void revoke(KeyCard card, Instant at) {
        put(card.revoked(at));
        tell(card.id());
    }

    /** Tells every listener even when one of them fails; the log's feed then tells all again. */
    private void tell(UUID key) {
        List<RuntimeException> failures = new ArrayList<>();
        for (Consumer<UUID> listener : listeners) {
            try {
                listener.accept(key);
            } catch (RuntimeException failed) {
                failures.add(failed);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    private void put(KeyCard known) {
        KeyCard card = closedWithIts(known);
        byId.put(card.id(), card);
        Answer answer = answer(card);
        KeyTerms.Overlap before = card.terms().overlap();
        if (before != null) {
            byFingerprint.put(
                    Fingerprint.parse(before.sha256()), new Entry(card, answer, before.until()));
        }
        byFingerprint.put(Fingerprint.parse(card.terms().sha256()), new Entry(card, answer, null));
    }

    private KeyCard closedWithIts(KeyCard card) {
        KeyCard seen = card;
        for (Object owner : owners(card)) {
            Instant at = closed.get(owner);
            seen = at == null ? seen : seen.revoked(at);
        }
        return seen;
    }

    private static List<Object> owners(KeyCard card) {
        List<Object> owners = new ArrayList<>();
        owners.add(card.tenant());
        if (card.project() != null) {
            owners.add(card.project());
        }
        if (card.terms().account() != null) {
            owners.add(card.terms().account());
        }
        return owners;
    }

    private static Answer answer(KeyCard card) {
        return switch (card.issued()) {
            case ProjectKeyIssued key ->
                    new Answer.Known(
                            new Caller(
                                    card.tenant(),
                                    key.project(),
                                    card.terms().account() == null ? key.name().person() : null,
                                    key.key()),
                            Set.copyOf(card.terms().models()),
                            networks(card.terms().networks()));
            case KeyEvent.Administrating key -> UNKNOWN;
        };
    }

    private static @Nullable Predicate<InetAddress> networks(List<String> texts) {
        if (texts.isEmpty()) {
            return null;
        }
        List<AddressRange> networks = texts.stream().map(AddressRange::parse).toList();
        return address -> networks.stream().anyMatch(network -> network.contains(address));
    }

    private @Nullable Entry find(String key) {
        return key.length() > MAX_KEY_LENGTH ? null : byFingerprint.get(Fingerprint.of(key));
    }
}
