package agency.gateway.adapter.provider.local.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import agency.gateway.adapter.provider.local.engine.EngineCommand.Sampling;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One loaded model with one sequence. Used by one thread; lives as long as its process, because
 * leaving is cheaper and surer than freeing.
 */
@SuppressWarnings(
        "restricted") // reads memory that llama.cpp owns; it only runs in the child process
final class Llama {
    /** Most tokens decoded in one call: how long a cancellation may have to wait. */
    static final int BATCH_TOKENS = 128;

    private static final int N_CTX = 0;
    private static final int N_BATCH = 4;
    private static final int N_UBATCH = 8;
    private static final int N_SEQ_MAX = 12;
    private static final int N_THREADS = 16;
    private static final int N_THREADS_BATCH = 20;
    private static final int BATCH_TOKEN = 8;
    private static final int BATCH_POSITION = 24;
    private static final int PIECE_BYTES = 512;

    private final Native calls = new Native();
    private final Arena memory = Arena.global();
    private final MemorySegment model;
    private final MemorySegment context;
    private final MemorySegment vocabulary;
    private final int vocabularyTokens;
    private final int contextTokens;
    private final MemorySegment batch = memory.allocate(Native.BATCH);
    private final MemorySegment batchTokens = memory.allocate(JAVA_INT, BATCH_TOKENS);
    private final MemorySegment batchPositions = memory.allocate(JAVA_INT, BATCH_TOKENS);
    private final MemorySegment pieceBuffer = memory.allocate(PIECE_BYTES);
    private int[] cached = new int[0];
    private int cachedCount;

    /**
     * Loads a model.
     *
     * @throws LlamaFault if llama.cpp will not have it
     */
    Llama(String path, int wantedContextTokens, int threads) {
        try {
            calls.backendInit.invokeExact();
            MemorySegment modelParameters =
                    (MemorySegment) calls.modelDefaults.invokeExact((SegmentAllocator) memory);
            model =
                    (MemorySegment)
                            calls.modelLoad.invokeExact(memory.allocateFrom(path), modelParameters);
            if (model.address() == 0) {
                throw new LlamaFault("llama.cpp could not load the model");
            }
            if ((boolean) calls.modelHasEncoder.invokeExact(model)) {
                throw new LlamaFault("the model is an encoder; only decoders can chat");
            }
            MemorySegment parameters =
                    (MemorySegment) calls.contextDefaults.invokeExact((SegmentAllocator) memory);
            checkLayout(parameters);
            parameters.set(JAVA_INT, N_CTX, wantedContextTokens);
            parameters.set(JAVA_INT, N_BATCH, BATCH_TOKENS);
            parameters.set(JAVA_INT, N_UBATCH, BATCH_TOKENS);
            parameters.set(JAVA_INT, N_SEQ_MAX, 1);
            parameters.set(JAVA_INT, N_THREADS, threads);
            parameters.set(JAVA_INT, N_THREADS_BATCH, threads);
            context = (MemorySegment) calls.contextInit.invokeExact(model, parameters);
            if (context.address() == 0) {
                throw new LlamaFault(
                        "llama.cpp found no room for a context of "
                                + wantedContextTokens
                                + " tokens");
            }
            vocabulary = (MemorySegment) calls.modelVocab.invokeExact(model);
            vocabularyTokens = (int) calls.vocabTokens.invokeExact(vocabulary);
            contextTokens = (int) calls.contextTokens.invokeExact(context);
            cached = new int[contextTokens];
        } catch (Throwable e) {
            throw passedOn(e);
        }
    }

    /** How many tokens prompt and answer may have together. */
    int contextTokens() {
        return contextTokens;
    }

    /**
     * The tokens of a prompt.
     *
     * @param parts its text, cut where a control token's text must not be read as that token
     */
    int[] tokens(List<String> parts) {
        try (Arena scratch = Arena.ofConfined()) {
            int[] all = new int[64];
            int count = 0;
            for (String part : parts) {
                byte[] text = part.getBytes(StandardCharsets.UTF_8);
                MemorySegment bytes = scratch.allocate(Math.max(1, text.length));
                MemorySegment.copy(text, 0, bytes, JAVA_BYTE, 0, text.length);
                MemorySegment found = scratch.allocate(JAVA_INT, text.length + 2L);
                int n =
                        (int)
                                calls.tokenize.invokeExact(
                                        vocabulary,
                                        bytes,
                                        text.length,
                                        found,
                                        text.length + 2,
                                        false,
                                        true);
                if (n < 0) {
                    throw new LlamaFault("llama.cpp could not read the prompt");
                }
                all = Arrays.copyOf(all, Math.max(all.length, count + n));
                MemorySegment.copy(found, JAVA_INT, 0, all, count, n);
                count += n;
            }
            return withBegin(Arrays.copyOf(all, count));
        } catch (Throwable e) {
            throw passedOn(e);
        }
    }

    private int[] withBegin(int[] tokens) throws Throwable {
        int begin = (int) calls.vocabBegin.invokeExact(vocabulary);
        boolean wanted = (boolean) calls.vocabAddsBegin.invokeExact(vocabulary);
        if (!wanted || begin < 0 || (tokens.length > 0 && tokens[0] == begin)) {
            return tokens;
        }
        int[] longer = new int[tokens.length + 1];
        longer[0] = begin;
        System.arraycopy(tokens, 0, longer, 1, tokens.length);
        return longer;
    }

    /**
     * Keeps what the cache shares with {@code prompt}, drops the rest; gives how many tokens are
     * kept.
     */
    int reuse(int[] prompt) {
        int shared = 0;
        while (shared < cachedCount
                && shared < prompt.length - 1
                && cached[shared] == prompt[shared]) {
            shared++;
        }
        try {
            if (shared == 0 || !(boolean) calls.cacheRemove.invokeExact(context, 0, shared, -1)) {
                calls.cacheClear.invokeExact(context);
                shared = 0;
            }
        } catch (Throwable e) {
            throw passedOn(e);
        }
        cachedCount = shared;
        return shared;
    }

    /** Feeds the tokens {@code from} to {@code to} (at most {@link #BATCH_TOKENS}) to the model. */
    void feed(int[] tokens, int from, int to) {
        int count = to - from;
        MemorySegment.copy(tokens, from, batchTokens, JAVA_INT, 0, count);
        batch.fill((byte) 0);
        batch.set(JAVA_INT, 0, count);
        batch.set(ADDRESS, BATCH_TOKEN, batchTokens);
        for (int i = 0; i < count; i++) {
            batchPositions.setAtIndex(JAVA_INT, i, cachedCount + i);
        }
        batch.set(ADDRESS, BATCH_POSITION, batchPositions);
        try {
            int result = (int) calls.decode.invokeExact(context, batch);
            if (result != 0) {
                cachedCount = 0;
                throw new LlamaFault(
                        "llama.cpp stopped with code " + result + " while it computed");
            }
        } catch (Throwable e) {
            throw passedOn(e);
        }
        System.arraycopy(tokens, from, cached, cachedCount, count);
        cachedCount += count;
    }

    /** How tokens of one answer are chosen; to be closed. */
    final class Sampler implements AutoCloseable {
        private final MemorySegment chain;
        private final @Nullable Chooser chooser;

        private Sampler(MemorySegment chain, @Nullable Chooser chooser) {
            this.chain = chain;
            this.chooser = chooser;
        }

        /** The next token after all that was fed. */
        int next() {
            try {
                if (chooser == null) {
                    return (int) calls.sample.invokeExact(chain, context, -1);
                }
                MemorySegment raw = (MemorySegment) calls.logits.invokeExact(context, -1);
                return chooser.choose(raw.reinterpret(4L * vocabularyTokens));
            } catch (Throwable e) {
                throw passedOn(e);
            }
        }

        @Override
        public void close() {
            if (chooser != null) {
                chooser.close();
                return;
            }
            try {
                calls.samplerFree.invokeExact(chain);
            } catch (Throwable e) {
                throw passedOn(e);
            }
        }
    }

    /** A new sampler for one answer. */
    Sampler sampler(Sampling sampling) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment grammar = grammar(sampling.grammar(), scratch);
            MemorySegment chain = calls.newChain(scratch);
            addBias(chain, sampling, scratch);
            if (sampling.presencePenalty() != 0 || sampling.frequencyPenalty() != 0) {
                add(
                        chain,
                        (MemorySegment)
                                calls.penalties.invokeExact(
                                        contextTokens,
                                        1.0f,
                                        sampling.frequencyPenalty(),
                                        sampling.presencePenalty()));
            }
            if (sampling.temperature() <= 0) {
                add(chain, (MemorySegment) calls.greedy.invokeExact());
            } else {
                add(chain, (MemorySegment) calls.topK.invokeExact(sampling.topK()));
                add(chain, (MemorySegment) calls.topP.invokeExact(sampling.topP(), 1L));
                add(chain, (MemorySegment) calls.minP.invokeExact(sampling.minP(), 1L));
                add(chain, (MemorySegment) calls.temperature.invokeExact(sampling.temperature()));
                add(chain, (MemorySegment) calls.chance.invokeExact(sampling.seed()));
            }
            boolean free = grammar.address() == 0;
            return new Sampler(
                    chain, free ? null : new Chooser(calls, chain, grammar, vocabularyTokens));
        } catch (Throwable e) {
            throw passedOn(e);
        }
    }

    private MemorySegment grammar(String text, Arena scratch) throws Throwable {
        if (text.isEmpty()) {
            return MemorySegment.NULL;
        }
        MemorySegment grammar =
                (MemorySegment)
                        calls.grammar.invokeExact(
                                vocabulary,
                                scratch.allocateFrom(text),
                                scratch.allocateFrom("root"));
        if (grammar.address() == 0) {
            throw new LlamaFault("llama.cpp could not read the grammar");
        }
        return grammar;
    }

    private void addBias(MemorySegment chain, Sampling sampling, Arena scratch) throws Throwable {
        int count = sampling.bias().size();
        if (count == 0) {
            return;
        }
        MemorySegment pairs = scratch.allocate(8L * count, 4);
        for (int i = 0; i < count; i++) {
            pairs.set(JAVA_INT, 8L * i, sampling.bias().get(i).token());
            pairs.set(JAVA_FLOAT, 8L * i + 4, sampling.bias().get(i).added());
        }
        add(chain, (MemorySegment) calls.bias.invokeExact(vocabularyTokens, count, pairs));
    }

    private void add(MemorySegment chain, MemorySegment sampler) throws Throwable {
        calls.chainAdd.invokeExact(chain, sampler);
    }

    boolean isEnd(int token) {
        try {
            return (boolean) calls.vocabIsEnd.invokeExact(vocabulary, token);
        } catch (Throwable e) {
            throw passedOn(e);
        }
    }

    /** The bytes a token stands for; tokens that end or steer stand for none. */
    byte[] piece(int token, boolean special) {
        try {
            int n =
                    (int)
                            calls.tokenPiece.invokeExact(
                                    vocabulary, token, pieceBuffer, PIECE_BYTES, 0, special);
            return n <= 0 ? new byte[0] : pieceBuffer.asSlice(0, n).toArray(JAVA_BYTE);
        } catch (Throwable e) {
            throw passedOn(e);
        }
    }

    /** The raw scores of every token after all that was fed. */
    float[] scores() {
        try {
            MemorySegment raw = (MemorySegment) calls.logits.invokeExact(context, -1);
            return raw.reinterpret(4L * vocabularyTokens).toArray(JAVA_FLOAT);
        } catch (Throwable e) {
            throw passedOn(e);
        }
    }

    /**
     * The layout of the struct is not ours to know; its defaults prove that it is the one we fill
     * in.
     */
    private static void checkLayout(MemorySegment parameters) {
        boolean known =
                parameters.get(JAVA_INT, N_CTX) == 512
                        && parameters.get(JAVA_INT, N_BATCH) == 2048
                        && parameters.get(JAVA_INT, N_UBATCH) == 512
                        && parameters.get(JAVA_INT, N_SEQ_MAX) == 1
                        && parameters.get(JAVA_INT, N_THREADS)
                                == parameters.get(JAVA_INT, N_THREADS_BATCH);
        if (!known) {
            throw new LlamaFault(
                    "the llama.cpp library is not the version this program was built for");
        }
    }

    private static RuntimeException passedOn(Throwable e) {
        return switch (e) {
            case RuntimeException already -> already;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }
}
