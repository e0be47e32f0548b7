package agency.gateway.adapter.provider.local.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The C functions of llama.cpp that we call, as exported by the library in {@code de.kherud:llama}
 * 4.2.0 (llama.cpp b4916). Source: {@code include/llama.h} at that tag.
 *
 * <p>Its Java classes are passed by because they give no token counts, drop the first special token
 * of a chat template, mangle characters beyond the basic plane, and end the process on a message or
 * schema that C++ dislikes (see {@code docs/adr/0040}).
 */
@SuppressWarnings(
        "restricted") // calling C is this class's purpose; it only runs in the child process
final class Native {
    /**
     * Larger than both parameter structs, which travel in memory; what follows them is not looked
     * at.
     */
    static final StructLayout PARAMETERS =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(32, JAVA_LONG));

    static final StructLayout BATCH =
            MemoryLayout.structLayout(
                    JAVA_INT,
                    MemoryLayout.paddingLayout(4),
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS);
    private static final StructLayout CHAIN_PARAMETERS = MemoryLayout.structLayout(JAVA_BOOLEAN);

    private final SymbolLookup symbols = SymbolLookup.loaderLookup();
    private final Linker linker = Linker.nativeLinker();

    final MethodHandle backendInit = handle("llama_backend_init", FunctionDescriptor.ofVoid());
    final MethodHandle modelDefaults =
            handle("llama_model_default_params", FunctionDescriptor.of(PARAMETERS));
    final MethodHandle contextDefaults =
            handle("llama_context_default_params", FunctionDescriptor.of(PARAMETERS));
    final MethodHandle modelLoad =
            handle(
                    "llama_model_load_from_file",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS));
    final MethodHandle contextInit =
            handle("llama_init_from_model", FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS));
    final MethodHandle modelVocab =
            handle("llama_model_get_vocab", FunctionDescriptor.of(ADDRESS, ADDRESS));
    final MethodHandle modelHasEncoder =
            handle("llama_model_has_encoder", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
    final MethodHandle contextTokens =
            handle("llama_n_ctx", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    final MethodHandle vocabTokens =
            handle("llama_vocab_n_tokens", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    final MethodHandle vocabAddsBegin =
            handle("llama_vocab_get_add_bos", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
    final MethodHandle vocabBegin =
            handle("llama_vocab_bos", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    final MethodHandle vocabIsEnd =
            handle("llama_vocab_is_eog", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, JAVA_INT));
    final MethodHandle tokenize =
            handle(
                    "llama_tokenize",
                    FunctionDescriptor.of(
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS,
                            JAVA_INT,
                            ADDRESS,
                            JAVA_INT,
                            JAVA_BOOLEAN,
                            JAVA_BOOLEAN));
    final MethodHandle tokenPiece =
            handle(
                    "llama_token_to_piece",
                    FunctionDescriptor.of(
                            JAVA_INT,
                            ADDRESS,
                            JAVA_INT,
                            ADDRESS,
                            JAVA_INT,
                            JAVA_INT,
                            JAVA_BOOLEAN));
    final MethodHandle decode =
            handle("llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH));
    final MethodHandle logits =
            handle("llama_get_logits_ith", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    final MethodHandle cacheClear =
            handle("llama_kv_self_clear", FunctionDescriptor.ofVoid(ADDRESS));
    final MethodHandle cacheRemove =
            handle(
                    "llama_kv_self_seq_rm",
                    FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT));

    final MethodHandle chainDefaults =
            handle("llama_sampler_chain_default_params", FunctionDescriptor.of(CHAIN_PARAMETERS));
    final MethodHandle chainInit =
            handle("llama_sampler_chain_init", FunctionDescriptor.of(ADDRESS, CHAIN_PARAMETERS));
    final MethodHandle chainAdd =
            handle("llama_sampler_chain_add", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    final MethodHandle samplerApply =
            handle("llama_sampler_apply", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    final MethodHandle samplerAccept =
            handle("llama_sampler_accept", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
    final MethodHandle samplerFree =
            handle("llama_sampler_free", FunctionDescriptor.ofVoid(ADDRESS));
    final MethodHandle sample =
            handle(
                    "llama_sampler_sample",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    final MethodHandle greedy = handle("llama_sampler_init_greedy", FunctionDescriptor.of(ADDRESS));
    final MethodHandle chance =
            handle("llama_sampler_init_dist", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    final MethodHandle topK =
            handle("llama_sampler_init_top_k", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    final MethodHandle topP =
            handle(
                    "llama_sampler_init_top_p",
                    FunctionDescriptor.of(ADDRESS, JAVA_FLOAT, JAVA_LONG));
    final MethodHandle minP =
            handle(
                    "llama_sampler_init_min_p",
                    FunctionDescriptor.of(ADDRESS, JAVA_FLOAT, JAVA_LONG));
    final MethodHandle temperature =
            handle("llama_sampler_init_temp", FunctionDescriptor.of(ADDRESS, JAVA_FLOAT));
    final MethodHandle penalties =
            handle(
                    "llama_sampler_init_penalties",
                    FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT));
    final MethodHandle grammar =
            handle(
                    "llama_sampler_init_grammar",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    final MethodHandle bias =
            handle(
                    "llama_sampler_init_logit_bias",
                    FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

    private MethodHandle handle(String name, FunctionDescriptor shape) {
        MemorySegment address =
                symbols.find(name)
                        .orElseThrow(() ->
                                new LlamaFault(
                                        "The llama.cpp library lacks the function " + name + "."));
        return linker.downcallHandle(address, shape);
    }

    /** A chain of samplers that keeps no timings. */
    MemorySegment newChain(SegmentAllocator memory) throws Throwable {
        MemorySegment parameters = (MemorySegment) chainDefaults.invokeExact(memory);
        return (MemorySegment) chainInit.invokeExact(parameters);
    }
}
