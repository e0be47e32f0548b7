package agency.access.flow;

import agency.access.domain.membership.MembershipRefusal;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonCommand;
import agency.access.domain.person.PersonRefusal;
import agency.access.port.TextKeys;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.personal.PersonalFacts;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.platform.log.Append;
import agency.platform.log.Commands.Handled;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Erases a person: ends what lets him in, gives his e-mail back, and destroys the key of all texts
 * about him. When it returns, no instance shows or can read any of them. Facts stay as they are,
 * with their seals: what they held about him can be read no more, in no copy and no backup.
 */
public final class ErasePerson {
    private final Views views;
    private final Members members;
    private final TextKeys keys;
    private final Recording recording;
    private final InstantSource clock;

    /** Looks into these views, ends memberships by this flow and destroys these keys. */
    public ErasePerson(
            Views views, Members members, TextKeys keys, Recording recording, InstantSource clock) {
        this.views = views;
        this.members = members;
        this.keys = keys;
        this.recording = recording;
        this.clock = clock;
    }

    /** What is looked at. */
    public record Views(
            OrganisationRegister organisations,
            MemberRegister members,
            KeyRegister keys,
            SessionRegister sessions,
            PersonalFacts facts) {}

    /** What became of it. */
    public sealed interface Result {
        /** He is erased. */
        record Done(Proof proof) implements Result {}

        /** Nobody with this id was ever entered in the organisation. */
        record NeverRegistered() implements Result {}

        /** He administers the machine: the next start would enter him again. */
        record LocalAdministrator() implements Result {}

        /** His membership cannot be ended. */
        record Refused(MembershipRefusal reason) implements Result {}
    }

    /**
     * What was removed from where.
     *
     * @param texts how many facts of each name held a text about him that can be read no more
     * @param sessions how many sessions were ended
     * @param keys how many keys that administrated for him were revoked
     * @param membership whether a membership was ended
     * @param email whether an e-mail was given back
     */
    public record Proof(
            UUID person,
            Map<String, Integer> texts,
            int sessions,
            int keys,
            boolean membership,
            boolean email,
            Instant at) {}

    /** Erases a person; again to go on where it stopped. */
    public Result erase(int tenant, UUID person, Set<String> may, FactMeta meta) {
        if (!views.organisations.isOf(tenant, person)) {
            return new Result.NeverRegistered();
        }
        if (person.equals(administrator(tenant))) {
            return new Result.LocalAdministrator();
        }
        Instant now = clock.instant();
        int sessions = views.sessions.of(person, now).size();
        int administrating = views.keys.administratingFor(person).size();
        boolean isMember = views.members.member(tenant, person).isPresent();
        if (isMember) {
            Optional<MembershipRefusal> refused = members.end(tenant, person, may, null, meta);
            if (refused.isPresent()) {
                return new Result.Refused(refused.get());
            }
        }
        Optional<String> email = views.organisations.email(person);
        handle(
                recording.here(
                        Person.stream(tenant, person),
                        new Person(),
                        new PersonCommand.ErasePerson(person, now),
                        meta,
                        email.map(Members::release).map(List::of).orElse(List.<Append.Claim>of()),
                        kind -> new PersonRefusal.Erased()));
        keys.destroy(tenant, person);
        Map<String, Integer> texts = views.facts.about(person);
        // Every instance forgets the keys that it holds when it sees this, the second time:
        // whatever
        // it has read since the first is of the key that is no more.
        handle(
                recording.everywhere(
                        Person.stream(tenant, person),
                        new Person(),
                        new PersonCommand.ConfirmForgotten(
                                person,
                                texts.values().stream().mapToInt(Integer::intValue).sum(),
                                now),
                        meta));
        return new Result.Done(
                new Proof(
                        person, texts, sessions, administrating, isMember, email.isPresent(), now));
    }

    private UUID administrator(int tenant) {
        return views.organisations.organisation(tenant).orElseThrow().founding().administrator();
    }

    private static void handle(Handled<?, PersonRefusal> handled) {
        if (handled instanceof Handled.Refused<?, PersonRefusal> refused) {
            throw new IllegalStateException("not erased: " + refused.reason());
        }
    }
}
