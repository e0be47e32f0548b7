package agency.access.view.organisation;

import agency.access.domain.organisation.Organisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonEvent.PersonEmailGiven;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.project.Project;
import agency.access.domain.project.ProjectEvent.ProjectOpened;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What organisations, their projects and their people are called. */
public final class OrganisationRegister implements MemoryView {
    /** The name of the view. */
    public static final String NAME = "access.organisations";

    private final Map<Integer, OrganisationCard> organisations = new ConcurrentHashMap<>();
    private final Map<UUID, String> projects = new ConcurrentHashMap<>();
    private final Map<UUID, String> people = new ConcurrentHashMap<>();
    private final Map<UUID, String> emails = new ConcurrentHashMap<>();
    private final Map<Address, UUID> byEmail = new ConcurrentHashMap<>();

    private record Address(int tenant, String email) {}

    /** What two e-mails have in common that reach the same person. */
    public static String same(String email) {
        return email.toLowerCase(Locale.ROOT);
    }

    /** The organisation with this number. */
    public Optional<OrganisationCard> organisation(int number) {
        return Optional.ofNullable(organisations.get(number));
    }

    /** What a project is called. */
    public Optional<String> project(UUID project) {
        return Optional.ofNullable(projects.get(project));
    }

    /** What a person is called; empty once the name has been erased. */
    public Optional<String> person(UUID person) {
        return Optional.ofNullable(people.get(person));
    }

    /** Where mail reaches a person; empty when it is unknown or has been erased. */
    public Optional<String> email(UUID person) {
        return Optional.ofNullable(emails.get(person));
    }

    /** Who of an organisation is reached by this e-mail. */
    public Optional<UUID> reachedBy(int tenant, String email) {
        return Optional.ofNullable(byEmail.get(new Address(tenant, same(email))));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(Organisation.CATEGORY, Project.CATEGORY, Person.CATEGORY);
    }

    @Override
    public void reset() {
        organisations.clear();
        projects.clear();
        people.clear();
        emails.clear();
        byEmail.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch (fact.fact()) {
            case OrganisationOpened opened ->
                    organisations.put(
                            opened.number(),
                            new OrganisationCard(
                                    opened.number(), opened.name(), opened.founding()));
            case ProjectOpened opened -> projects.put(opened.project(), opened.name());
            case PersonRegistered registered -> {
                String text = registered.name().text();
                if (text != null) {
                    people.put(registered.name().person(), text);
                }
            }
            case PersonEmailGiven given -> {
                String text = given.email().text();
                if (text != null) {
                    emails.put(given.email().person(), text);
                    byEmail.put(
                            new Address(fact.stream().tenant(), same(text)),
                            given.email().person());
                }
            }
            default -> throw new IllegalStateException("not a fact of names: " + fact.type());
        }
    }
}
