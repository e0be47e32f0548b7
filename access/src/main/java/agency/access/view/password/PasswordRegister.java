package agency.access.view.password;

import agency.access.domain.person.Person;
import agency.access.domain.person.PersonEvent;
import agency.access.domain.person.PersonEvent.PersonEmailGiven;
import agency.access.domain.person.PersonEvent.PersonErased;
import agency.access.domain.person.PersonEvent.PersonForgotten;
import agency.access.domain.person.PersonEvent.PersonPasswordSet;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.person.PersonEvent.PersonRenamed;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The hashes of people's passwords. */
public final class PasswordRegister implements MemoryView {
    /** The name of the view. */
    public static final String NAME = "access.passwords";

    private final Map<UUID, String> hashes = new ConcurrentHashMap<>();

    /** The hash of a person's password; empty when there is none or it has been erased. */
    public Optional<String> of(UUID person) {
        return Optional.ofNullable(hashes.get(person));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(Person.CATEGORY);
    }

    @Override
    public void reset() {
        hashes.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch ((PersonEvent) fact.fact()) {
            case PersonPasswordSet set -> {
                String hash = set.hash().text();
                if (hash == null) {
                    hashes.remove(set.hash().person());
                } else {
                    hashes.put(set.hash().person(), hash);
                }
            }
            case PersonRegistered registered -> {}
            case PersonRenamed renamed -> {}
            case PersonEmailGiven given -> {}
            case PersonErased erased -> hashes.remove(erased.person());
            case PersonForgotten forgotten -> {}
        }
    }
}
