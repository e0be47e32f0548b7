package agency.gateway.adapter.provider.local.chat;

import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.adapter.provider.local.TestModels;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Load;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Sampling;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Start;
import agency.gateway.adapter.provider.local.engine.EngineReport;
import agency.gateway.adapter.provider.local.engine.EngineReport.Finished;
import agency.gateway.adapter.provider.local.engine.EngineReport.Loaded;
import agency.gateway.adapter.provider.local.engine.EngineReport.NotLoaded;
import agency.gateway.adapter.provider.local.engine.EngineReport.Piece;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The child process by itself, with a real model. */
class EngineProcessTest {
    private static final long PATIENCE_MS = 60_000;

    @TempDir Path folder;

    @Test
    void answersAPromptTokenByToken() throws Exception {
        Path model = TestModels.smollm2();
        try (EngineProcess engine = EngineProcess.start(folder, 2)) {
            engine.send(new Load(model.toString(), 2048, 2));
            assertThat(said(engine)).isInstanceOf(Loaded.class);
            engine.send(ask(1, "The capital of France is", 8));
            List<EngineReport> reports = untilFinished(engine);
            assertThat(reports.getLast())
                    .isInstanceOfSatisfying(
                            Finished.class, f -> assertThat(f.answerTokens()).isEqualTo(8));
            StringBuilder text = new StringBuilder();
            reports.forEach(r -> {
                if (r instanceof Piece p) {
                    text.append(p.text());
                }
            });
            assertThat(text.toString()).contains("Paris");
        }
    }

    @Test
    void saysThatGarbageIsNoModel() throws Exception {
        Path model = folder.resolve("garbage.gguf");
        Files.writeString(model, "not a model at all");
        try (EngineProcess engine = EngineProcess.start(folder, 2)) {
            engine.send(new Load(model.toString(), 2048, 2));
            assertThat(said(engine)).isInstanceOf(NotLoaded.class);
        }
    }

    static Start ask(long id, String prompt, int tokens) {
        return new Start(
                id,
                List.of(prompt),
                new Sampling(0, 1, 40, 0, 0, 0, 1, "", List.of()),
                List.of(),
                tokens,
                -1);
    }

    static EngineReport said(EngineProcess engine) throws InterruptedException {
        EngineProcess.Event event = engine.next(PATIENCE_MS);
        assertThat(event).isInstanceOf(EngineProcess.Event.Said.class);
        return ((EngineProcess.Event.Said) event).report();
    }

    static List<EngineReport> untilFinished(EngineProcess engine) throws InterruptedException {
        List<EngineReport> reports = new ArrayList<>();
        do {
            reports.add(said(engine));
        } while (!(reports.getLast() instanceof Finished));
        return reports;
    }
}
