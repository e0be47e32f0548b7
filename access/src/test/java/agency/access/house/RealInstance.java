package agency.access.house;

import agency.access.AccessContext;
import agency.access.api.AccessSettings;
import agency.access.api.JwtSettings;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.flow.EndSession;
import agency.access.flow.ErasePerson;
import agency.access.flow.Members;
import agency.access.flow.Recording;
import agency.access.flow.RevokeKey;
import agency.access.port.TextKeys;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.personal.PersonalFacts;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.Recorded;
import agency.kernel.id.IdSource;
import agency.kernel.id.Ids;
import agency.platform.crypto.MasterKey;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.log.LogSettings;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.StreamCommands;
import agency.platform.postgres.Database;
import agency.platform.postgres.Schema;
import agency.platform.projection.Instances;
import agency.platform.projection.LogInstances;
import agency.platform.projection.LogProjections;
import agency.platform.testing.PostgresFixture;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** One instance of access on a real log; several may share a database, as several processes do. */
public final class RealInstance implements AutoCloseable {
    private static final Secret MASTER = Secret.of("00".repeat(MasterKey.BYTES));

    /** Access itself. */
    public final AccessContext access;

    /** What the flows record with, for those that a test starts itself. */
    public final Recording recording;

    private final TextKeys textKeys;
    private final Database database;
    private final PostgresEventLog log;
    private final LogInstances instances;
    private final LogProjections projections;

    /** Ids by the system's clock. */
    public static final class SystemIds implements IdSource {
        private final SecureRandom random = new SecureRandom();

        @Override
        public UUID next() {
            return Ids.version7(System.currentTimeMillis(), random.nextLong(), random.nextLong());
        }
    }

    /** An instance on the database of this URL, started. */
    public RealInstance(Secret url) {
        this(url, UnaryOperator.identity());
    }

    /** The same with other waiting than the real one, to prove what the real one protects. */
    public RealInstance(Secret url, UnaryOperator<Instances> waits) {
        IdSource ids = new SystemIds();
        database =
                PostgresFixture.open(
                        url, Schema.closed(PostgresEventLog.SCHEMA, PostgresEventLog.MIGRATIONS));
        log =
                new PostgresEventLog(
                        database::runtime,
                        LogSettings.DEFAULT,
                        AccessContext.facts(),
                        () -> MasterKey.of(MASTER).box("log", SecretSource.system()),
                        ids);
        instances = new LogInstances(database::runtime, log, ids, false);
        projections = new LogProjections(log, database::jdbi, instances);
        StreamCommands commands = new StreamCommands(log);
        textKeys =
                new TextKeys() {
                    @Override
                    public void destroy(int tenant, UUID person) {
                        log.keys().erase(tenant, person);
                    }

                    @Override
                    public void forget() {
                        log.keys().forget();
                    }
                };
        recording = new Recording(commands, projections, waits.apply(instances));
        access =
                new AccessContext(
                        AccessSettings.DEFAULT,
                        JwtSettings.NONE,
                        address -> {
                            throw new IOException("no issuer here");
                        },
                        textKeys,
                        log,
                        commands,
                        projections,
                        instances,
                        ids,
                        SecretSource.system(),
                        Clock.systemUTC());
        access.views().forEach(projections::add);
        log.start();
        instances.start();
        projections.start();
    }

    /** In how many facts this text stands as it is. */
    public int rowsHolding(String text) {
        return database.jdbi()
                .withHandle(sql ->
                        sql.createQuery(
                                        "SELECT count(*) FROM log.event WHERE"
                                                + " position(convert_to(:text, 'UTF8') IN body)"
                                                + " > 0")
                                .bind("text", text)
                                .mapTo(Integer.class)
                                .one());
    }

    /** The flow that lets people in. */
    public Members members() {
        return new Members(
                new Members.Views(
                        view(MemberRegister.class),
                        view(OrganisationRegister.class),
                        view(KeyRegister.class),
                        view(SessionRegister.class)),
                recording,
                new RevokeKey(recording, Clock.systemUTC()),
                new EndSession(recording, Clock.systemUTC()),
                new SystemIds(),
                Clock.systemUTC());
    }

    /** The flow that erases them. */
    public ErasePerson erasing() {
        return new ErasePerson(
                new ErasePerson.Views(
                        view(OrganisationRegister.class),
                        view(MemberRegister.class),
                        view(KeyRegister.class),
                        view(SessionRegister.class),
                        view(PersonalFacts.class)),
                members(),
                textKeys,
                recording,
                Clock.systemUTC());
    }

    private <V> V view(Class<V> type) {
        return access.views().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    /** Whether this instance reads this as the name of a person of organisation 1 in the log. */
    public boolean readsName(UUID person, String name) {
        return log.stream(Person.stream(1, person), 0, 100).stream()
                .map(Recorded::fact)
                .anyMatch(fact ->
                        fact instanceof PersonRegistered registered
                                && name.equals(registered.name().text()));
    }

    @Override
    public void close() {
        projections.close();
        instances.close();
        log.close();
        database.close();
    }
}
