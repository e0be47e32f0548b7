package agency.access.view.organisation;

import agency.access.domain.organisation.Organisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationClosed;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.organisation.OrganisationEvent.OrganisationRenamed;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonEvent.PersonEmailGiven;
import agency.access.domain.person.PersonEvent.PersonErased;
import agency.access.domain.person.PersonEvent.PersonForgotten;
import agency.access.domain.person.PersonEvent.PersonPasswordSet;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.person.PersonEvent.PersonRenamed;
import agency.kernel.fact.Personal;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** What organisations and their people are called. */
public final class OrganisationRegister implements MemoryView {
    /** The name of the view. */
    public static final String NAME = "access.organisations";

    private final ConcurrentNavigableMap<Integer, OrganisationCard> organisations =
            new ConcurrentSkipListMap<>();
    private final Map<UUID, String> people = new ConcurrentHashMap<>();
    private final Map<UUID, String> emails = new ConcurrentHashMap<>();
    private final Map<Address, UUID> byEmail = new ConcurrentHashMap<>();

    private final Map<UUID, Integer> versions = new ConcurrentHashMap<>();
    private final Map<UUID, Integer> tenants = new ConcurrentHashMap<>();

    private record Address(int tenant, String email) {}

    /** What two e-mails have in common that reach the same person. */
    public static String same(String email) {
        return email.toLowerCase(Locale.ROOT);
    }

    /** Whether there is an organisation with this number that is not closed. */
    public boolean isOpen(int number) {
        return organisation(number).filter(card -> card.closed() == null).isPresent();
    }

    /** The organisation with this number. */
    public Optional<OrganisationCard> organisation(int number) {
        return Optional.ofNullable(organisations.get(number));
    }

    /** The organisations, closed ones too. */
    public Stream<OrganisationCard> all() {
        return organisations.values().stream();
    }

    /** The highest number that an organisation has; 0 when there is none. */
    public int highest() {
        return organisations.isEmpty() ? 0 : organisations.lastKey();
    }

    /** What a person is called; empty once the name has been erased. */
    public Optional<String> person(UUID person) {
        return Optional.ofNullable(people.get(person));
    }

    /** Whether a person was ever entered in an organisation. */
    public boolean isOf(int tenant, UUID person) {
        return Integer.valueOf(tenant).equals(tenants.get(person));
    }

    /** Of how many facts a person's entry is; 0 when there is none. */
    public int personVersion(UUID person) {
        return versions.getOrDefault(person, 0);
    }

    /** Where mail reaches a person; empty when it is unknown or has been erased. */
    public Optional<String> email(UUID person) {
        return Optional.ofNullable(emails.get(person));
    }

    /** Who of an organisation is reached by this e-mail. */
    public Optional<UUID> reachedBy(int tenant, String email) {
        return Optional.ofNullable(byEmail.get(new Address(tenant, same(email))));
    }

    /** Everybody whom this e-mail reaches, by the number of his organisation. */
    public Map<Integer, UUID> reachedBy(String email) {
        Map<Integer, UUID> reached = new TreeMap<>();
        for (Integer tenant : organisations.keySet()) {
            reachedBy(tenant, email).ifPresent(person -> reached.put(tenant, person));
        }
        return reached;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(Organisation.CATEGORY, Person.CATEGORY);
    }

    @Override
    public void reset() {
        organisations.clear();
        people.clear();
        emails.clear();
        byEmail.clear();
        versions.clear();
        tenants.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch (fact.fact()) {
            case OrganisationOpened opened ->
                    organisations.put(
                            opened.number(),
                            new OrganisationCard(
                                    opened.number(),
                                    opened.name(),
                                    opened.founding(),
                                    opened.at(),
                                    fact.version(),
                                    null));
            case OrganisationRenamed renamed ->
                    organisations.computeIfPresent(
                            renamed.number(),
                            (number, card) ->
                                    new OrganisationCard(
                                            number,
                                            renamed.name(),
                                            card.founding(),
                                            card.opened(),
                                            fact.version(),
                                            card.closed()));
            case OrganisationClosed closed ->
                    organisations.computeIfPresent(
                            closed.number(),
                            (number, card) ->
                                    new OrganisationCard(
                                            number,
                                            card.name(),
                                            card.founding(),
                                            card.opened(),
                                            fact.version(),
                                            closed.at()));
            case PersonRegistered registered -> {
                name(registered.name());
                versions.put(registered.name().person(), fact.version());
                tenants.put(registered.name().person(), fact.stream().tenant());
            }
            case PersonRenamed renamed -> {
                name(renamed.name());
                versions.put(renamed.name().person(), fact.version());
            }
            case PersonEmailGiven given -> {
                versions.put(given.email().person(), fact.version());
                String text = given.email().text();
                if (text != null) {
                    emails.put(given.email().person(), text);
                    byEmail.put(
                            new Address(fact.stream().tenant(), same(text)),
                            given.email().person());
                }
            }
            case PersonPasswordSet set -> versions.put(set.hash().person(), fact.version());
            case PersonErased erased -> {
                versions.put(erased.person(), fact.version());
                people.remove(erased.person());
                emails.remove(erased.person());
                byEmail.values().removeIf(erased.person()::equals);
            }
            case PersonForgotten forgotten -> versions.put(forgotten.person(), fact.version());
            default -> throw new IllegalStateException("not a fact of names: " + fact.type());
        }
    }

    private void name(Personal name) {
        String text = name.text();
        if (text != null) {
            people.put(name.person(), text);
        }
    }
}
