package agency.app;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.decision.AtVersion;
import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Position;
import agency.kernel.fact.StreamName;
import agency.kernel.id.IdSource;
import agency.kernel.id.Ids;
import agency.platform.crypto.SealedBox;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Append;
import agency.platform.log.LogSettings;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.Snapshots;
import agency.platform.log.SqlSnapshots;
import agency.platform.log.codec.FactCodec;
import agency.platform.postgres.Database;
import agency.platform.postgres.Schema;
import agency.platform.testing.PostgresFixture;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Whatever a decider of the program makes of facts can be kept, and is read back as it was. */
class DeciderSnapshotsTest {
    private static final StreamName STREAM = StreamName.of(1, "test", "kept");
    private static final int TRIES = 20;
    private static final IdSource IDS =
            () ->
                    Ids.version7(
                            System.currentTimeMillis(),
                            ThreadLocalRandom.current().nextLong(),
                            ThreadLocalRandom.current().nextLong());

    private static List<Decider<?, ?, ?, ?>> deciders() throws Exception {
        List<Decider<?, ?, ?, ?>> all = new ArrayList<>();
        for (JavaClass type :
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("agency")) {
            boolean made =
                    type.isAssignableTo(Decider.class)
                            && !type.isInterface()
                            && !type.getModifiers().contains(JavaModifier.ABSTRACT)
                            && !type.isEquivalentTo(AtVersion.class);
            if (made) {
                Constructor<?> constructor = type.reflect().getDeclaredConstructor();
                constructor.setAccessible(true);
                all.add((Decider<?, ?, ?, ?>) constructor.newInstance());
            }
        }
        return all;
    }

    private static List<Record> samples() throws Exception {
        FactCodec codec = FactCodec.open(TestWiring.facts());
        List<Record> samples = new ArrayList<>();
        for (FactType<?> type : TestWiring.facts()) {
            byte[] sample = GoldenSamples.sample(GoldenSamplesTest.EVENTS, type);
            samples.add(codec.decode(type, sample, FactCodec.nowhere()));
        }
        return samples;
    }

    /** What a decider makes of facts in any order; those it cannot take are passed over. */
    @SuppressWarnings("unchecked")
    private static <S, E> S state(Decider<?, S, E, ?> decider, List<Record> facts, Random random) {
        List<Record> shuffled = new ArrayList<>(facts);
        Collections.shuffle(shuffled, random);
        S state = decider.initial();
        for (Record fact : shuffled.subList(0, random.nextInt(shuffled.size()) + 1)) {
            try {
                state = decider.evolve(state, (E) fact);
            } catch (RuntimeException notItsOwn) {
                continue;
            }
        }
        return state;
    }

    /** How many different states were kept and read back. */
    private static <S, E> long kept(
            Snapshots snapshots, Decider<?, S, E, ?> decider, List<Record> facts, Position at) {
        Random random = new Random(7);
        List<S> states = new ArrayList<>();
        for (int version = 1; version <= TRIES; version++) {
            S state = state(decider, facts, random);
            states.add(state);
            Snapshots.Kept<S> keep = new Snapshots.Kept<>(state, version, at);
            snapshots.keep(STREAM, decider, keep);
            if (state.toString().contains("Personal[")) {
                // Erasing a person must not leave a name behind.
                assertThat(snapshots.read(STREAM, decider))
                        .as(decider.getClass().getName())
                        .isNotEqualTo(Optional.of(keep));
            } else {
                assertThat(snapshots.read(STREAM, decider))
                        .as(decider.getClass().getName())
                        .contains(keep);
            }
        }
        return states.stream().distinct().count();
    }

    @Test
    void everyStateOfEveryDeciderIsReadBackAsItWas() throws Exception {
        List<Decider<?, ?, ?, ?>> deciders = deciders();
        assertThat(deciders).hasSizeGreaterThan(10);
        SealedBox box = new SealedBox(new byte[32], SecretSource.system());
        Database database =
                PostgresFixture.fresh(
                        Schema.closed(PostgresEventLog.SCHEMA, PostgresEventLog.MIGRATIONS));
        PostgresEventLog log =
                new PostgresEventLog(
                        database::runtime, LogSettings.DEFAULT, Wiring.facts(), () -> box, IDS);
        try (database;
                log) {
            log.start();
            List<Record> facts = samples();
            for (int i = 0; i < TRIES; i++) {
                FactMeta meta = new FactMeta("test", IDS.next(), null);
                log.append(Append.at(STREAM, i, List.of(facts.getFirst()), meta)).join();
            }
            Snapshots snapshots =
                    new SqlSnapshots(database::runtime, () -> box, log.facts(), log::incarnation);
            for (Decider<?, ?, ?, ?> decider : deciders) {
                assertThat(kept(snapshots, decider, facts, log.head(0)))
                        .as(decider.getClass().getName() + " has states to keep")
                        .isGreaterThan(1);
            }
        }
    }
}
