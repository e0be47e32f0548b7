package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.engine.EngineCommand.Sampling;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Start;
import agency.gateway.adapter.provider.local.engine.EngineReport;
import agency.gateway.adapter.provider.local.engine.EngineReport.Chance;
import agency.gateway.adapter.provider.local.engine.EngineReport.Ending;
import agency.gateway.adapter.provider.local.engine.EngineReport.Failed;
import agency.gateway.adapter.provider.local.engine.EngineReport.Finished;
import agency.gateway.adapter.provider.local.engine.EngineReport.Piece;
import agency.gateway.adapter.provider.local.engine.EngineReport.TooLong;
import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One chat request on its way through the queue and the engine to its answer. */
final class ChatJob {
    private final UUID caller;
    private final ChatCall call;
    private final List<String> prompt;
    private final AnswerOut out;
    private final CompletionWriter writer;
    private final Supplier<String> ids;
    private final List<CompletionWriter.Whole> wholes = new ArrayList<>();
    private final Object cancelling = new Object();
    private boolean begun;
    private boolean cancelled;
    private @Nullable Engine engine;
    private long request;
    private TokenUsage used = TokenUsage.NONE;

    ChatJob(
            UUID caller,
            ChatCall call,
            List<String> prompt,
            AnswerOut out,
            CompletionWriter writer,
            Supplier<String> ids) {
        this.caller = caller;
        this.call = call;
        this.prompt = prompt;
        this.out = out;
        this.writer = writer;
        this.ids = ids;
    }

    UUID caller() {
        return caller;
    }

    boolean cancelled() {
        synchronized (cancelling) {
            return cancelled;
        }
    }

    /** Stops the job wherever it is; may block for a moment, so not for an event loop. */
    void cancel() {
        Engine running;
        synchronized (cancelling) {
            cancelled = true;
            running = engine;
        }
        if (running != null) {
            running.cancel(request);
        }
    }

    void fail(UpstreamFailure failure) {
        out.failed(failure, used.equals(TokenUsage.NONE) ? null : used);
    }

    /**
     * Answers all choices, one after the other; the engine's cache makes the later prompts cheap.
     */
    void run(Engine on) throws EngineGone, InterruptedException {
        for (int choice = 0; choice < call.choices() && !cancelled(); choice++) {
            if (!answer(on, choice)) {
                return;
            }
        }
        if (cancelled()) {
            return;
        }
        if (call.stream()) {
            if (call.tellUsage()) {
                out.text(writer.usage(used));
            }
            out.text(CompletionWriter.DONE);
        } else {
            out.text(writer.whole(wholes, used));
        }
        out.end(used);
    }

    private boolean answer(Engine on, int choice) throws EngineGone, InterruptedException {
        ChoiceOut choiceOut = new ChoiceOut(choice);
        long number = on.nextRequest();
        synchronized (cancelling) {
            engine = on;
            request = number;
        }
        Start start =
                new Start(
                        number,
                        prompt,
                        withSeed(call.sampling(), choice),
                        call.stops(),
                        call.maxTokens(),
                        call.alternatives());
        EngineReport last;
        try {
            last = cancelled() ? null : on.ask(start, choiceOut::piece);
        } finally {
            synchronized (cancelling) {
                engine = null;
            }
        }
        return switch (last) {
            case Finished finished -> {
                count(finished, choice);
                choiceOut.finish(finished.ending());
                yield true;
            }
            case TooLong(long _, int promptTokens, int contextTokens) -> {
                fail(tooLong(promptTokens, contextTokens));
                yield false;
            }
            case Failed(long _, String reason) -> {
                fail(
                        new UpstreamFailure.Garbage(
                                "The local engine could not answer: " + reason + "."));
                yield false;
            }
            case null -> true;
            default -> throw new EngineGone("it gave an answer that does not belong here");
        };
    }

    private void count(Finished finished, int choice) {
        used =
                new TokenUsage(
                        finished.promptTokens(),
                        used.output() + finished.answerTokens(),
                        choice == 0 ? finished.cachedTokens() : used.cachedInput(),
                        0);
    }

    private static Sampling withSeed(Sampling s, int choice) {
        return new Sampling(
                s.temperature(),
                s.topP(),
                s.topK(),
                s.minP(),
                s.presencePenalty(),
                s.frequencyPenalty(),
                s.seed() + choice,
                s.grammar(),
                s.bias());
    }

    private static UpstreamFailure tooLong(int promptTokens, int contextTokens) {
        if (promptTokens == 0) {
            return new UpstreamFailure.Refused(
                    400,
                    "invalid_request_error",
                    "invalid_value",
                    "The conversation is empty.",
                    "messages");
        }
        return new UpstreamFailure.Refused(
                400,
                "invalid_request_error",
                "context_length_exceeded",
                ("This model's maximum context length is %d tokens. However, your messages resulted"
                     + " in %d tokens, which leaves no room for an answer. Please reduce the length"
                     + " of the messages.")
                        .formatted(contextTokens, promptTokens),
                "messages");
    }

    /** One choice's text on its way out. */
    private final class ChoiceOut {
        private final int index;
        private final StringBuilder text = new StringBuilder();
        private final List<ToolCall> calls = new ArrayList<>();
        private final List<Chance> chances = new ArrayList<>();
        private final @Nullable ToolCallText toolText;
        private boolean roleGiven;

        ChoiceOut(int index) {
            this.index = index;
            this.toolText = call.tools().isEmpty() ? null : new ToolCallText(ids);
        }

        void piece(Piece piece) {
            out.generated(used.output() + piece.answerTokens());
            begin();
            ToolCallText tools = toolText;
            if (tools == null) {
                pass(piece.text(), piece.chances());
            } else {
                pass(tools.add(piece.text()), piece.chances());
            }
        }

        private void begin() {
            if (cancelled()) {
                return;
            }
            if (!begun) {
                begun = true;
                out.head();
            }
            if (call.stream() && !roleGiven) {
                roleGiven = true;
                out.text(writer.role(index));
            }
        }

        private void pass(ToolCallText.Seen seen, List<Chance> likely) {
            if (!seen.text().isEmpty()) {
                pass(seen.text(), likely);
            }
            for (ToolCall one : seen.calls()) {
                calls.add(one);
                if (call.stream() && !cancelled()) {
                    out.text(writer.toolCall(index, calls.size() - 1, one));
                }
            }
        }

        private void pass(String more, List<Chance> likely) {
            if (call.stream()) {
                if (!cancelled()) {
                    out.text(writer.content(index, more, likely));
                }
            } else {
                text.append(more);
                chances.addAll(likely);
            }
        }

        void finish(Ending ending) {
            begin();
            ToolCallText tools = toolText;
            if (tools != null) {
                pass(tools.finish(), List.of());
            }
            String reason =
                    !calls.isEmpty() ? "tool_calls" : ending == Ending.LIMIT ? "length" : "stop";
            if (call.stream()) {
                if (!cancelled()) {
                    out.text(writer.finish(index, reason));
                }
            } else {
                wholes.add(
                        new CompletionWriter.Whole(
                                text.toString(),
                                calls,
                                call.alternatives() >= 0 ? chances : null,
                                reason));
            }
        }
    }
}
