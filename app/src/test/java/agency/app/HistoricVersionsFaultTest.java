package agency.app;

import static org.assertj.core.api.Assertions.assertThat;

import agency.app.Guests.GuestCame;
import agency.app.Guests.GuestCameV1;
import agency.app.Guests.GuestCameV2;
import agency.app.Guests.GuestLeft;
import agency.app.Guests.GuestLeftV1;
import agency.app.Guests.GuestLeftV2;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Personal;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.id.IdSource;
import agency.kernel.id.Ids;
import agency.platform.crypto.SealedBox;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.LogSettings;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.codec.FactCodec;
import agency.platform.postgres.Database;
import agency.platform.postgres.Schema;
import agency.platform.projection.LogInstances;
import agency.platform.projection.LogProjections;
import agency.platform.projection.Projection;
import agency.platform.projection.Projections;
import agency.platform.testing.PostgresFixture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fault test F13: every version of every fact, stored by the program as it was then, in any order,
 * is read by the program as it is now; what nobody knows is never skipped.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HistoricVersionsFaultTest {
    /** How often each fact is stored; {@code -Dagency.faults=200} is a long form. */
    private static final int ROUNDS = Integer.getInteger("agency.faults", 3);

    private static final int VERSIONS = 3;
    private static final StreamName STREAM = StreamName.of(1, "test", "history");
    private static final SealedBox BOX = new SealedBox(new byte[32], SecretSource.system());
    private static final Personal ADA = new Personal(new UUID(1, 1), "Ada Lovelace");
    private static final Personal BOB = new Personal(new UUID(1, 2), "Bob Erased");
    private static final Personal BOB_ERASED = new Personal(BOB.person(), null);
    private static final IdSource IDS =
            () ->
                    Ids.version7(
                            System.currentTimeMillis(),
                            ThreadLocalRandom.current().nextLong(),
                            ThreadLocalRandom.current().nextLong());

    /** A fact as it was stored, and what it must be read as. */
    private record Past(FactType<?> version, Record stored, Record now) {}

    /** What a projection was given. */
    private record Given(int storedAs, Record fact) {}

    private final Map<UUID, Past> stored = new HashMap<>();
    private Database database;

    @BeforeEach
    void start() {
        database =
                PostgresFixture.fresh(
                        Schema.closed(PostgresEventLog.SCHEMA, PostgresEventLog.MIGRATIONS));
    }

    @AfterEach
    void stop() {
        database.close();
    }

    /** Collects all it is given. */
    private record History(Map<UUID, Given> given) implements Projection {
        @Override
        public String name() {
            return "test.history";
        }

        @Override
        public int revision() {
            return 1;
        }

        @Override
        public Set<String> categories() {
            return Set.of("test");
        }

        @Override
        public void apply(List<Recorded> facts, Handle sql, int generation) {
            facts.forEach(fact -> given.put(fact.id(), new Given(fact.storedAs(), fact.fact())));
        }

        @Override
        public void forget(Handle sql, int generation) {
            given.clear();
        }
    }

    private static List<Past> pasts() throws IOException {
        List<Past> pasts = new ArrayList<>(guests(ADA, ADA));
        pasts.addAll(guests(BOB, BOB_ERASED));
        FactCodec codec = FactCodec.open(TestWiring.facts());
        for (FactType<?> type : TestWiring.facts()) {
            for (FactType<?> version : type.versions()) {
                byte[] sample = GoldenSamples.sample(GoldenSamplesTest.EVENTS, version);
                pasts.add(
                        new Past(
                                version,
                                codec.decode(version, sample, FactCodec.nowhere()),
                                codec.decode(
                                        type, version.version(), sample, FactCodec.nowhere())));
            }
        }
        return pasts;
    }

    private static List<Past> guests(Personal then, Personal now) {
        List<FactType<?>> came = Guests.CAME.versions();
        List<FactType<?>> left = Guests.LEFT.versions();
        Guests.Guest guest = new Guests.Guest(now, 36);
        return List.of(
                new Past(
                        came.get(0),
                        new GuestCameV1(then, 36),
                        new GuestCame(guest, List.of(), null)),
                new Past(
                        came.get(1),
                        new GuestCameV2(then, 36, List.of(ADA, then)),
                        new GuestCame(guest, List.of(ADA, now), null)),
                new Past(
                        came.get(2),
                        new GuestCame(new Guests.Guest(then, 36), List.of(ADA), "train"),
                        new GuestCame(guest, List.of(ADA), "train")),
                new Past(left.get(0), new GuestLeftV1(then), new GuestLeft(now, List.of())),
                new Past(
                        left.get(1),
                        new GuestLeftV2(then, "good night"),
                        new GuestLeft(now, List.of("good night"))),
                new Past(
                        left.get(2),
                        new GuestLeft(then, List.of("good", "night")),
                        new GuestLeft(now, List.of("good", "night"))));
    }

    private static List<FactType<?>> types(FactType<?>... guests) {
        return Stream.concat(Wiring.facts().stream(), Stream.of(guests)).toList();
    }

    /** The types as the program knew them when no fact had a version above this one. */
    private static List<FactType<?>> then(int version) {
        List<FactType<?>> then = new ArrayList<>();
        for (FactType<?> type : types(Guests.CAME, Guests.LEFT)) {
            List<FactType<?>> versions = type.versions();
            then.add(versions.get(Math.min(version, versions.size()) - 1));
        }
        return then;
    }

    private PostgresEventLog log(List<FactType<?>> types) {
        PostgresEventLog log =
                new PostgresEventLog(database::runtime, LogSettings.DEFAULT, types, () -> BOX, IDS);
        log.start();
        return log;
    }

    private static UUID append(PostgresEventLog log, Record fact) {
        UUID id = IDS.next();
        Append append =
                new Append(
                        STREAM,
                        Append.ANY,
                        List.of(fact),
                        new FactMeta("test", IDS.next(), null),
                        id,
                        List.of());
        assertThat(log.append(append).join()).isInstanceOf(Appended.Ok.class);
        return id;
    }

    /** Stores every past fact a few times, in random order, each by a program of its time. */
    private void storeAll() throws IOException {
        long seed = Long.getLong("agency.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("HistoricVersionsFaultTest: seed " + seed);
        Random random = new Random(seed);
        List<Integer> starts = new ArrayList<>(List.of(1, 2, VERSIONS));
        Collections.shuffle(starts, random);
        List<Past> all = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            all.addAll(pasts());
        }
        Collections.shuffle(all, random);
        Map<Integer, PostgresEventLog> programs = new HashMap<>();
        try {
            starts.forEach(version -> programs.put(version, log(then(version))));
            for (Past past : all) {
                PostgresEventLog program = programs.get(past.version.version());
                stored.put(append(program, past.stored), past);
            }
            assertThat(programs.get(1).keys().erase(1, BOB.person())).isTrue();
        } finally {
            programs.values().forEach(PostgresEventLog::close);
        }
    }

    /** Reads all that is stored as a program with these types; answers why it stands, if so. */
    private String read(List<FactType<?>> types, Map<UUID, Given> given) throws Exception {
        PostgresEventLog log = log(types);
        LogInstances instances = new LogInstances(database::runtime, log, IDS, true);
        LogProjections projections = new LogProjections(log, database::jdbi, instances);
        try (log;
                instances;
                projections) {
            projections.add(new History(given));
            instances.start();
            projections.start();
            while (true) {
                Projections.Standing standing = projections.standings().getFirst();
                if (standing.lag() == 0 || standing.stopped().startsWith("log.")) {
                    return standing.lag() == 0 ? "" : standing.stopped();
                }
                Thread.sleep(20);
            }
        }
    }

    private int failures(List<FactType<?>> types) throws Exception {
        storeAll();
        Map<UUID, Given> given = new ConcurrentHashMap<>();
        String standing = read(types, given);
        int failures = standing.isEmpty() ? 0 : 1;
        for (Map.Entry<UUID, Past> one : stored.entrySet()) {
            Past past = one.getValue();
            Given expected = new Given(past.version.version(), past.now);
            if (!expected.equals(given.get(one.getKey()))) {
                failures++;
            }
        }
        return failures;
    }

    @Test
    void readsEveryVersionOfEveryFact() throws Exception {
        assertThat(failures(types(Guests.CAME, Guests.LEFT))).isZero();
    }

    @Test
    void wouldFailWithAnUpcasterLeftOut() throws Exception {
        FactType<GuestCame> without =
                new FactType<>("test.guest.came", 2, GuestCameV2.class)
                        .then(GuestCame.class, GuestCameV2::up);
        assertThat(failures(types(without, Guests.LEFT))).isPositive();
    }

    @Test
    void wouldFailWithAnUpcasterThatForgets() throws Exception {
        FactType<GuestLeft> forgets =
                new FactType<>("test.guest.left", 1, GuestLeftV1.class)
                        .then(GuestLeftV2.class, GuestLeftV1::up)
                        .then(GuestLeft.class, old -> new GuestLeft(old.name(), List.of()));
        assertThat(failures(types(Guests.CAME, forgets))).isEqualTo(2 * ROUNDS);
    }

    /** Something that only a newer program knows. */
    private record NobodyKnows(int what) {}

    @Test
    void standsBeforeATypeThatNobodyKnows() throws Exception {
        assertStandsBefore(new FactType<>("test.nobody.knows", 1, NobodyKnows.class));
    }

    @Test
    void standsBeforeAVersionThatNobodyKnows() throws Exception {
        assertStandsBefore(Guests.LEFT.then(NobodyKnows.class, old -> new NobodyKnows(0)));
    }

    private void assertStandsBefore(FactType<NobodyKnows> unknown) throws Exception {
        UUID before;
        UUID after;
        try (PostgresEventLog newer = log(types(Guests.CAME, unknown))) {
            before = append(newer, new GuestCame(new Guests.Guest(ADA, 1), List.of(), null));
        }
        Map<UUID, Given> given = new ConcurrentHashMap<>();
        assertThat(read(types(Guests.CAME, Guests.LEFT), given)).isEmpty();
        assertThat(given).containsOnlyKeys(before);
        try (PostgresEventLog newer = log(types(Guests.CAME, unknown))) {
            append(newer, new NobodyKnows(1));
            after = append(newer, new GuestCame(new Guests.Guest(ADA, 2), List.of(), null));
        }
        assertThat(read(types(Guests.CAME, Guests.LEFT), given)).isEqualTo("log.unknown-fact");
        assertThat(given).containsOnlyKeys(before);
        assertThat(read(types(Guests.CAME, unknown), given)).isEmpty();
        assertThat(given).hasSize(3).containsKey(after);
    }
}
