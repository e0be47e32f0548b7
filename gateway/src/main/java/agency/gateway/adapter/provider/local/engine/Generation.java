package agency.gateway.adapter.provider.local.engine;

import agency.gateway.adapter.provider.local.engine.EngineCommand.Start;
import agency.gateway.adapter.provider.local.engine.EngineReport.Chance;
import agency.gateway.adapter.provider.local.engine.EngineReport.Ending;
import agency.gateway.adapter.provider.local.engine.EngineReport.Finished;
import agency.gateway.adapter.provider.local.engine.EngineReport.Piece;
import agency.gateway.adapter.provider.local.engine.EngineReport.TooLong;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One answer, from its prompt's first token to its own last. */
final class Generation {
    private static final int NANOS_PER_MICRO = 1_000;

    private final Llama llama;
    private final Start start;
    private final BooleanSupplier cancelled;
    private final Consumer<EngineReport> reports;
    private final PieceText text;
    private final List<Chance> chances = new ArrayList<>();
    private int generated;

    Generation(
            Llama llama, Start start, BooleanSupplier cancelled, Consumer<EngineReport> reports) {
        this.llama = llama;
        this.start = start;
        this.cancelled = cancelled;
        this.reports = reports;
        this.text = new PieceText(start.stops());
    }

    /** Runs to the end, reporting as it goes. */
    void run() {
        int[] prompt = llama.tokens(start.prompt());
        int room = llama.contextTokens() - prompt.length;
        if (room < 1 || prompt.length == 0) {
            reports.accept(new TooLong(start.request(), prompt.length, llama.contextTokens()));
            return;
        }
        long began = System.nanoTime();
        int cached = llama.reuse(prompt);
        boolean whole = feedPrompt(prompt, cached);
        long fed = System.nanoTime();
        Answered answered =
                whole
                        ? answer(Math.min(room, start.maxTokens()))
                        : new Answered(Ending.CANCELLED, 0);
        release(text.finish());
        reports.accept(
                new Finished(
                        start.request(),
                        answered.ending(),
                        prompt.length,
                        cached,
                        answered.tokens(),
                        (fed - began) / NANOS_PER_MICRO,
                        (System.nanoTime() - fed) / NANOS_PER_MICRO));
    }

    private boolean feedPrompt(int[] prompt, int from) {
        for (int at = from; at < prompt.length; at += Llama.BATCH_TOKENS) {
            if (cancelled.getAsBoolean()) {
                return false;
            }
            llama.feed(prompt, at, Math.min(prompt.length, at + Llama.BATCH_TOKENS));
        }
        return true;
    }

    private record Answered(Ending ending, int tokens) {}

    private Answered answer(int most) {
        try (Llama.Sampler sampler = llama.sampler(start.sampling())) {
            for (int count = 1; ; count++) {
                int token = sampler.next();
                generated = count;
                if (llama.isEnd(token)) {
                    return new Answered(Ending.MODEL, count);
                }
                byte[] bytes = llama.piece(token, false);
                if (start.alternatives() >= 0) {
                    chances.add(Likelihood.of(llama, token, start.alternatives()));
                }
                release(text.add(bytes));
                if (text.stopped()) {
                    return new Answered(Ending.STOP_TEXT, count);
                }
                if (count >= most) {
                    return new Answered(Ending.LIMIT, count);
                }
                if (cancelled.getAsBoolean()) {
                    return new Answered(Ending.CANCELLED, count);
                }
                llama.feed(new int[] {token}, 0, 1);
            }
        }
    }

    private void release(String out) {
        if (!out.isEmpty()) {
            reports.accept(new Piece(start.request(), generated, out, chances));
            chances.clear();
        }
    }
}
