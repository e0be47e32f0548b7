package agency.access.view.personal;

import agency.access.domain.invitation.Invitation;
import agency.access.domain.invitation.InvitationEvent.InvitationOffered;
import agency.access.domain.key.ApiKey;
import agency.access.domain.key.KeyEvent;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonEvent.PersonEmailGiven;
import agency.access.domain.person.PersonEvent.PersonErased;
import agency.access.domain.person.PersonEvent.PersonForgotten;
import agency.access.domain.person.PersonEvent.PersonPasswordSet;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.person.PersonEvent.PersonRenamed;
import agency.access.port.TextKeys;
import agency.kernel.fact.Personal;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which facts hold texts about whom, counted; and what makes this process forget the keys of such
 * texts when one of them is to be destroyed, by whichever process.
 */
public final class PersonalFacts implements MemoryView {
    /** The name of the view. */
    public static final String NAME = "access.personal-facts";

    private final TextKeys keys;
    private final Map<UUID, Map<String, Integer>> counts = new ConcurrentHashMap<>();

    /** Makes this forget its keys. */
    public PersonalFacts(TextKeys keys) {
        this.keys = keys;
    }

    /** How many facts of each name hold a text about a person. */
    public Map<String, Integer> about(UUID person) {
        return new TreeMap<>(counts.getOrDefault(person, Map.of()));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(Person.CATEGORY, ApiKey.CATEGORY, Invitation.CATEGORY);
    }

    @Override
    public void reset() {
        counts.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch (fact.fact()) {
            case PersonRegistered registered -> count(fact, registered.name());
            case PersonRenamed renamed -> count(fact, renamed.name());
            case PersonEmailGiven given -> count(fact, given.email());
            case PersonPasswordSet set -> count(fact, set.hash());
            case KeyEvent.Issued issued -> count(fact, issued.name());
            case KeyEvent.KeyRenamed renamed -> count(fact, renamed.name());
            case InvitationOffered offered -> count(fact, offered.guest());
            case PersonErased erased -> keys.forget();
            case PersonForgotten forgotten -> keys.forget();
            default -> {
                // No text about anybody.
            }
        }
    }

    private void count(Recorded fact, Personal text) {
        counts.computeIfAbsent(text.person(), person -> new ConcurrentHashMap<>())
                .merge(fact.type().name(), 1, Integer::sum);
    }
}
