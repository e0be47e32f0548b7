package agency.app;

import static org.assertj.core.api.Assertions.assertThat;

import agency.app.Guests.GuestCame;
import agency.app.Guests.GuestCameV1;
import agency.app.Guests.GuestCameV2;
import agency.app.Guests.GuestLeft;
import agency.app.Guests.GuestLeftV1;
import agency.app.Guests.GuestLeftV2;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Personal;
import agency.platform.log.codec.FactCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every stored fact of the program still reads, in each of its versions. */
class GoldenSamplesTest {
    static final Path EVENTS = Path.of("..", "contracts", "events");

    private static final Personal ADA = new Personal(new UUID(1, 2), "Ada");

    @TempDir private Path folder;

    @Test
    void everyVersionOfEveryFactIsAsItWasStored() throws IOException {
        assertThat(
                        GoldenSamples.findings(
                                EVENTS,
                                TestWiring.facts(),
                                Boolean.getBoolean(GoldenSamples.WRITE)))
                .isEmpty();
    }

    @BeforeEach
    void samplesOfGuests() throws IOException {
        List<FactType<?>> came = Guests.CAME.versions();
        List<FactType<?>> left = Guests.LEFT.versions();
        write(came.get(0), new GuestCameV1(ADA, 36));
        write(came.get(1), new GuestCameV2(ADA, 36, List.of(ADA)));
        write(came.get(2), new GuestCame(new Guests.Guest(ADA, 36), List.of(ADA), "train"));
        write(left.get(0), new GuestLeftV1(ADA));
        write(left.get(1), new GuestLeftV2(ADA, "good night"));
        write(left.get(2), new GuestLeft(ADA, List.of("good", "night")));
        assertThat(GoldenSamples.findings(folder, Guests.FACTS, true)).isEmpty();
    }

    private void write(FactType<?> version, Record fact) throws IOException {
        byte[] body =
                FactCodec.open(List.of(version)).encode(version, fact, FactCodec.nowhere()).body();
        write(
                version.name() + ".v" + version.version() + ".json",
                new String(body, StandardCharsets.UTF_8));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text + "\n");
    }

    private List<String> findings() throws IOException {
        return GoldenSamples.findings(folder, Guests.FACTS, false);
    }

    private String finding() throws IOException {
        assertThat(findings()).hasSize(1);
        return findings().getFirst();
    }

    @Test
    void findsNothingWhereNothingChanged() throws IOException {
        assertThat(findings()).isEmpty();
        assertThat(folder.resolve("test.guest.came.v1.newest.json"))
                .hasContent(
                        """
                        {"guest":{"name":{"person":"%1$s","text":"Ada"},"years":36},"with":[]}
                        """
                                .formatted(ADA.person()));
        assertThat(folder.resolve("test.guest.came.v3.newest.json")).doesNotExist();
    }

    @Test
    void findsAVersionWithoutASampleAndWritesNone() throws IOException {
        Files.delete(folder.resolve("test.guest.came.v2.json"));
        assertThat(finding()).contains("test.guest.came.v2.json is missing");
        assertThat(GoldenSamples.findings(folder, Guests.FACTS, true)).hasSize(1);
    }

    @Test
    void findsAShapeThatIsNotKeptAndWritesItOnlyWhenAsked() throws IOException {
        Path shape = folder.resolve("test.guest.came.v2.schema.json");
        Files.delete(shape);
        assertThat(finding()).contains("-Dagency.events.write=true");
        assertThat(shape).doesNotExist();
        assertThat(GoldenSamples.findings(folder, Guests.FACTS, true)).isEmpty();
        assertThat(shape).exists();
    }

    @Test
    void findsASampleThatNoLongerReads() throws IOException {
        write("test.guest.left.v2.json", "{\"name\":{\"person\":\"no\"},\"words\":\"x\"}");
        assertThat(finding()).contains("test.guest.left.v2.json no longer reads");
    }

    @Test
    void findsAShapeThatChangedWithoutANewVersionAndDoesNotWriteOverIt() throws IOException {
        Path shape = folder.resolve("test.guest.left.v3.schema.json");
        String changed = Files.readString(shape).replace("words", "speech");
        Files.writeString(shape, changed);
        assertThat(finding()).contains("only as a new version");
        assertThat(GoldenSamples.findings(folder, Guests.FACTS, true)).hasSize(1);
        assertThat(shape).hasContent(changed);
    }

    @Test
    void findsASampleThatIsWrittenDifferently() throws IOException {
        Path sample = folder.resolve("test.guest.left.v3.json");
        Files.writeString(sample, Files.readString(sample).replace("\",\"", "\", \""));
        assertThat(finding()).contains("is written differently now");
    }

    @Test
    void findsAnUpcasterThatMakesSomethingElseOfASample() throws IOException {
        FactType<GuestLeft> other =
                new FactType<>("test.guest.left", 1, GuestLeftV1.class)
                        .then(GuestLeftV2.class, GuestLeftV1::up)
                        .then(
                                GuestLeft.class,
                                old -> new GuestLeft(old.name(), List.of(old.words(), "!")));
        assertThat(GoldenSamples.findings(folder, List.of(Guests.CAME, other), false))
                .hasSize(2)
                .allMatch(finding -> finding.contains("is not what the sample is read as now"));
    }

    @Test
    void findsAnUpcasterThatRefuses() throws IOException {
        FactType<GuestLeft> other =
                new FactType<>("test.guest.left", 1, GuestLeftV1.class)
                        .then(GuestLeftV2.class, GuestLeftV1::up)
                        .then(
                                GuestLeft.class,
                                old -> {
                                    throw new IllegalStateException("no");
                                });
        assertThat(GoldenSamples.findings(folder, List.of(Guests.CAME, other), false))
                .hasSize(2)
                .allMatch(finding -> finding.contains("its upcaster refused it"));
    }

    @Test
    void findsATypeThatForgotItsVersionsOrIsGone() throws IOException {
        FactType<GuestLeft> forgetful = new FactType<>("test.guest.left", 3, GuestLeft.class);
        assertThat(GoldenSamples.findings(folder, List.of(Guests.CAME, forgetful), false))
                .anyMatch(finding -> finding.contains("does not know the versions before it"));
        assertThat(GoldenSamples.findings(folder, List.of(Guests.CAME), false))
                .hasSize(8)
                .allMatch(finding -> finding.contains("is of no fact that the program knows"));
    }
}
