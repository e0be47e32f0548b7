package agency.gateway.adapter.provider.local.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Chooses tokens that fit a grammar. A token is chosen freely first and only checked; all tokens
 * are held against the grammar, which is slow with a large vocabulary, only when it does not fit.
 */
@SuppressWarnings(
        "restricted") // reads memory that llama.cpp owns; it only runs in the child process
final class Chooser implements AutoCloseable {
    private static final int TOKEN_BYTES = 12;
    private static final int SCORE = 4;
    private static final int ARRAY_BYTES = 32;
    private static final int ARRAY_SIZE = 8;
    private static final int ARRAY_SELECTED = 16;

    private final Native calls;
    private final MemorySegment chain;
    private final MemorySegment grammar;
    private final int vocabularyTokens;
    private final Arena memory = Arena.ofConfined();
    private final MemorySegment all;
    private final MemorySegment one = memory.allocate(TOKEN_BYTES, 8);
    private final MemorySegment array = memory.allocate(ARRAY_BYTES, 8);

    /** Owns the chain and the grammar from now on. */
    Chooser(Native calls, MemorySegment chain, MemorySegment grammar, int vocabularyTokens) {
        this.calls = calls;
        this.chain = chain;
        this.grammar = grammar;
        this.vocabularyTokens = vocabularyTokens;
        this.all = memory.allocate((long) TOKEN_BYTES * vocabularyTokens, 8);
    }

    /** The next token, given every token's score. */
    int choose(MemorySegment scores) throws Throwable {
        fill(scores);
        int token = chosen();
        if (!fits(token)) {
            fill(scores);
            calls.samplerApply.invokeExact(grammar, array);
            token = chosen();
        }
        calls.samplerAccept.invokeExact(grammar, token);
        calls.samplerAccept.invokeExact(chain, token);
        return token;
    }

    private int chosen() throws Throwable {
        calls.samplerApply.invokeExact(chain, array);
        long size = array.get(JAVA_LONG, ARRAY_SIZE);
        long selected = array.get(JAVA_LONG, ARRAY_SELECTED);
        if (selected < 0 || selected >= size) {
            throw new LlamaFault("llama.cpp chose no token");
        }
        MemorySegment data = array.get(ADDRESS, 0).reinterpret(size * TOKEN_BYTES);
        return data.get(JAVA_INT, selected * TOKEN_BYTES);
    }

    private boolean fits(int token) throws Throwable {
        one.set(JAVA_INT, 0, token);
        one.set(JAVA_FLOAT, SCORE, 1);
        describe(one, 1);
        calls.samplerApply.invokeExact(grammar, array);
        return one.get(JAVA_FLOAT, SCORE) != Float.NEGATIVE_INFINITY;
    }

    private void fill(MemorySegment scores) {
        for (int token = 0; token < vocabularyTokens; token++) {
            long at = (long) TOKEN_BYTES * token;
            all.set(JAVA_INT, at, token);
            all.set(JAVA_FLOAT, at + SCORE, scores.getAtIndex(JAVA_FLOAT, token));
            all.set(JAVA_FLOAT, at + 2 * SCORE, 0);
        }
        describe(all, vocabularyTokens);
    }

    private void describe(MemorySegment data, long size) {
        array.fill((byte) 0);
        array.set(ADDRESS, 0, data);
        array.set(JAVA_LONG, ARRAY_SIZE, size);
        array.set(JAVA_LONG, ARRAY_SELECTED, -1);
    }

    @Override
    public void close() {
        try {
            calls.samplerFree.invokeExact(chain);
            calls.samplerFree.invokeExact(grammar);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            memory.close();
        }
    }
}
