package agency.gateway.adapter.provider.local.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.gateway.adapter.provider.local.engine.EngineCommand.Bias;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Cancel;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Load;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Sampling;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Start;
import agency.gateway.adapter.provider.local.engine.EngineReport.Chance;
import agency.gateway.adapter.provider.local.engine.EngineReport.Ending;
import agency.gateway.adapter.provider.local.engine.EngineReport.Failed;
import agency.gateway.adapter.provider.local.engine.EngineReport.Finished;
import agency.gateway.adapter.provider.local.engine.EngineReport.Loaded;
import agency.gateway.adapter.provider.local.engine.EngineReport.NotLoaded;
import agency.gateway.adapter.provider.local.engine.EngineReport.Piece;
import agency.gateway.adapter.provider.local.engine.EngineReport.TooLong;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramesTest {
    private static final Sampling SAMPLING =
            new Sampling(
                    0.5f,
                    0.9f,
                    40,
                    0.05f,
                    0.1f,
                    -0.2f,
                    -7,
                    "root ::= \"x\"",
                    List.of(new Bias(5, -100)));

    @Test
    void carriesEveryCommand() throws IOException {
        List<EngineCommand> commands =
                List.of(
                        new Load("/päth", 4_096, 2),
                        new Start(3, List.of("a", "", "😀"), SAMPLING, List.of("stop"), 100, 5),
                        new Cancel(9));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (EngineCommand command : commands) {
            Frames.write(out, command);
        }
        ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
        for (EngineCommand command : commands) {
            assertThat(Frames.readCommand(in)).isEqualTo(command);
        }
        assertThat(Frames.readCommand(in)).isNull();
    }

    @Test
    void carriesEveryReport() throws IOException {
        Chance chance = new Chance("\u00f0\u009f", -0.5f, List.of(new Chance("x", -1, List.of())));
        List<EngineReport> reports =
                List.of(
                        new Loaded(2_048, 99),
                        new NotLoaded("no"),
                        new Piece(1, 4, "text", List.of(chance)),
                        new Finished(1, Ending.STOP_TEXT, 10, 5, 7, 1_000, 2_000),
                        new TooLong(1, 5_000, 4_096),
                        new Failed(1, "why"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (EngineReport report : reports) {
            Frames.write(out, report);
        }
        ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
        for (EngineReport report : reports) {
            assertThat(Frames.readReport(in)).isEqualTo(report);
        }
        assertThat(Frames.readReport(in)).isNull();
    }

    @Test
    void neverTakesMoreThanItSaysFromABrokenStream() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Frames.write(out, new Start(3, List.of("prompt"), SAMPLING, List.of("stop"), 100, 5));
        byte[] whole = out.toByteArray();
        long seed = System.nanoTime();
        Random chance = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            byte[] broken = Arrays.copyOf(whole, 1 + chance.nextInt(whole.length));
            broken[chance.nextInt(broken.length)] = (byte) chance.nextInt();
            try {
                Frames.readCommand(new ByteArrayInputStream(broken));
            } catch (IOException expected) {
                assertThat(expected).isNotNull();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
        assertThatThrownBy(() ->
                        Frames.readReport(new ByteArrayInputStream(new byte[] {0x7f, 0, 0, 0, 1})))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("at most");
    }
}
