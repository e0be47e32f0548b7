package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.codec.FactCodec;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What was meant for a life of the log that has ended is refused before it is noticed elsewhere.
 */
class AnotherLifeTest {
    private static final UUID ENDED = UUID.randomUUID();

    private Database database;
    private PostgresEventLog log;

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        log = LogKit.started(database.runtime());
        log.append(Append.at(LogKit.stream("s"), 0, List.of(new Counted(1)), LogKit.meta())).join();
    }

    @AfterEach
    void stop() {
        log.close();
        database.close();
    }

    private static Prepared prepared(UUID life, String key, int facts) {
        List<Prepared.Written> written =
                java.util.stream.IntStream.range(0, facts)
                        .mapToObj(i ->
                                new Prepared.Written(
                                        1,
                                        1,
                                        UUID.randomUUID(),
                                        0,
                                        MetaCodec.encode(LogKit.meta(), false),
                                        "{\"by\":1}".getBytes(StandardCharsets.UTF_8)))
                        .toList();
        Prepared.Row row =
                new Prepared.Row(
                        LogKit.stream(key),
                        0,
                        Prepared.REQUEST,
                        null,
                        written.getFirst().id(),
                        written);
        return new Prepared(life, List.of(row), false, 100, new CompletableFuture<>());
    }

    @Test
    void isNotRecordedWhetherAloneOrInABatch() {
        try (LaneAppender lane =
                new LaneAppender(
                        0,
                        AppendSession.links(database::runtime, 0, "log.append", 5_000),
                        LogSettings.DEFAULT,
                        (life, before, head, categories) -> {})) {
            lane.start();
            for (int facts : List.of(1, 2)) {
                Prepared ended = prepared(ENDED, "ended-" + facts, facts);
                lane.submit(ended);
                assertThatThrownBy(() -> ended.answer().join())
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                Fault.class,
                                f -> assertThat(f.code()).isEqualTo(EventLog.ANOTHER_LIFE));
                Prepared now = prepared(log.incarnation(), "now-" + facts, facts);
                lane.submit(now);
                assertThat(now.answer().join())
                        .isInstanceOfSatisfying(
                                Appended.Ok.class, ok -> assertThat(ok.version()).isEqualTo(facts));
            }
        }
        assertThat(log.head(0).value()).isEqualTo(4);
    }

    @Test
    void isNotBatchedWithWhatIsMeantForThisOne() {
        Prepared.Batch batch = Prepared.Batch.of(prepared(ENDED, "a", 1));
        assertThat(batch.add(prepared(ENDED, "b", 1))).isTrue();
        assertThat(batch.add(prepared(log.incarnation(), "c", 1))).isFalse();
    }

    @Test
    void isNotRead() throws Exception {
        TypeTable types = new TypeTable(LogKit.FACTS);
        try (var connection = database.runtime().getConnection()) {
            types.register(connection);
        }
        LogReader reader =
                new LogReader(
                        database::runtime, types, FactCodec.withoutPersonalTexts(types.all()));
        assertThat(reader.lane(log.incarnation(), 0, 0, 9, 9, Set.of(), Slice.WHOLE)).hasSize(1);
        assertThatThrownBy(() -> reader.lane(ENDED, 0, 0, 9, 9, Set.of(), Slice.WHOLE))
                .isInstanceOfSatisfying(
                        Fault.class, f -> assertThat(f.code()).isEqualTo(EventLog.ANOTHER_LIFE));
    }
}
