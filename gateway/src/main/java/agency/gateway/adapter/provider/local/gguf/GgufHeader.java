package agency.gateway.adapter.provider.local.gguf;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the header of a GGUF file says about its model.
 *
 * @param architecture the value of {@code general.architecture}, such as {@code llama} or {@code
 *     qwen2}
 * @param name the model's own name, if it has one
 * @param licence the licence it names, if any
 * @param contextTokens the longest context it was trained for, in tokens; 0 if the header does not
 *     say
 * @param chatTemplate its chat template in Jinja, if it has one
 * @param beginToken the text of the token that begins a sequence, or empty
 * @param endToken the text of the token that ends a sequence, or empty
 * @param controlTokens the texts of the tokens that steer the model rather than spell text
 * @param tensors how many tensors it has
 */
public record GgufHeader(
        String architecture,
        Optional<String> name,
        Optional<String> licence,
        int contextTokens,
        Optional<String> chatTemplate,
        String beginToken,
        String endToken,
        List<String> controlTokens,
        long tensors) {

    /**
     * The architectures that the llama.cpp of {@code de.kherud:llama} 4.2.0 can load, read from the
     * names in its library. Anything newer makes it fail without saying why.
     */
    private static final Set<String> KNOWN =
            Set.of(
                    "llama",
                    "deci",
                    "falcon",
                    "grok",
                    "gpt2",
                    "gptj",
                    "gptneox",
                    "mpt",
                    "baichuan",
                    "starcoder",
                    "refact",
                    "bloom",
                    "stablelm",
                    "qwen",
                    "qwen2",
                    "qwen2moe",
                    "qwen2vl",
                    "phi2",
                    "phi3",
                    "phimoe",
                    "plamo",
                    "codeshell",
                    "orion",
                    "internlm2",
                    "minicpm",
                    "minicpm3",
                    "gemma",
                    "gemma2",
                    "gemma3",
                    "starcoder2",
                    "mamba",
                    "xverse",
                    "command-r",
                    "cohere2",
                    "dbrx",
                    "olmo",
                    "olmo2",
                    "olmoe",
                    "openelm",
                    "arctic",
                    "deepseek",
                    "deepseek2",
                    "chatglm",
                    "bitnet",
                    "jais",
                    "nemotron",
                    "exaone",
                    "rwkv6",
                    "rwkv6qwen2",
                    "rwkv7",
                    "arwkv7",
                    "granite",
                    "granitemoe",
                    "chameleon");

    /** Copies the list. */
    public GgufHeader {
        controlTokens = List.copyOf(controlTokens);
    }

    /** Whether the llama.cpp we ship knows how to run this architecture. */
    public boolean runnable() {
        return KNOWN.contains(architecture);
    }
}
