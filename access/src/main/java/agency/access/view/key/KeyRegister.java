package agency.access.view.key;

import agency.access.api.KeyDirectory;
import agency.access.domain.key.ApiKey;
import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyEvent.KeyRevoked;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.view.fingerprint.Fingerprint;
import agency.kernel.fact.Recorded;
import agency.kernel.metering.Caller;
import agency.platform.projection.MemoryView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every key in memory: by its fingerprint for the request path, by its id for lists. One thread
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
    private final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();
    private final BooleanSupplier mayAdmit;

    /** A key with the answer it gets as long as it is active, made once. */
    private record Entry(KeyCard card, Answer whenActive) {}

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
            case ACTIVE -> entry.whenActive;
            case EXPIRED -> new Answer.Expired(card.id());
            case REVOKED -> new Answer.Revoked(card.id());
        };
    }

    /** The card of the key with this text, whatever its kind and standing. */
    public Optional<KeyCard> bearing(String key) {
        return Optional.ofNullable(find(key)).map(Entry::card);
    }

    /** The card of the key with this id. */
    public Optional<KeyCard> byId(UUID key) {
        return Optional.ofNullable(byId.get(key));
    }

    /** An organisation's keys, newest first, at most {@code limit}, older than {@code before}. */
    public List<KeyCard> newest(int tenant, @Nullable UUID before, int limit) {
        ConcurrentNavigableMap<UUID, KeyCard> older =
                before == null ? byId : byId.headMap(before, false);
        return older.descendingMap().values().stream()
                .filter(card -> card.tenant() == tenant)
                .limit(limit)
                .toList();
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
        return Set.of(ApiKey.CATEGORY);
    }

    @Override
    public void reset() {
        byFingerprint.clear();
        byId.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch ((KeyEvent) fact.fact()) {
            case KeyEvent.Issued issued ->
                    put(new KeyCard(fact.stream().tenant(), issued, null), answer(fact, issued));
            case KeyRevoked revoked -> revoke(revoked);
        }
    }

    private void revoke(KeyRevoked revoked) {
        KeyCard card = byId.get(revoked.key());
        if (card == null) {
            throw new IllegalStateException("key " + revoked.key() + " was revoked, never issued");
        }
        put(card.revoked(revoked.at()), UNKNOWN);
        tell(revoked.key());
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

    private void put(KeyCard card, Answer whenActive) {
        byId.put(card.id(), card);
        byFingerprint.put(Fingerprint.parse(card.issued().sha256()), new Entry(card, whenActive));
    }

    private static Answer answer(Recorded fact, KeyEvent.Issued issued) {
        return switch (issued) {
            case ProjectKeyIssued key ->
                    new Answer.Known(
                            new Caller(fact.stream().tenant(), key.project(), key.key()),
                            Set.copyOf(key.models()),
                            key.cap());
            case KeyEvent.Administrating key -> UNKNOWN;
        };
    }

    private @Nullable Entry find(String key) {
        return key.length() > MAX_KEY_LENGTH ? null : byFingerprint.get(Fingerprint.of(key));
    }
}
