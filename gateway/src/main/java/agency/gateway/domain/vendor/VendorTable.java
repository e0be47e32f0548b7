package agency.gateway.domain.vendor;

import agency.gateway.domain.vendor.Vendor.KeyHeader;
import java.util.List;
import java.util.Optional;

/**
 * The vendors that speak OpenAI's wire format. To add one is to add a row.
 *
 * <p>Sources: each vendor's API reference, named at its row where it differs from OpenAI's.
 */
public final class VendorTable {
    /** The vendor that is looked for on this machine. */
    public static final String OLLAMA = "ollama";

    /** All of them, in the order in which they are offered. */
    public static final List<Vendor> ALL =
            List.of(
                    hosted("openai", "OpenAI", "https://api.openai.com/v1", "OPENAI_API_KEY"),
                    githubModels(),
                    hosted("groq", "Groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
                    mistral(),
                    hosted(
                            "together",
                            "Together AI",
                            "https://api.together.xyz/v1",
                            "TOGETHER_API_KEY"),
                    hosted(
                            "openrouter",
                            "OpenRouter",
                            "https://openrouter.ai/api/v1",
                            "OPENROUTER_API_KEY"),
                    hosted(
                            "deepseek",
                            "DeepSeek",
                            "https://api.deepseek.com/v1",
                            "DEEPSEEK_API_KEY"),
                    hosted("xai", "xAI", "https://api.x.ai/v1", "XAI_API_KEY"),
                    hosted(
                            "huggingface",
                            "Hugging Face router",
                            "https://router.huggingface.co/v1",
                            "HF_TOKEN"),
                    azure(),
                    own(OLLAMA, "Ollama", "http://127.0.0.1:11434/v1"),
                    own("vllm", "vLLM", "http://127.0.0.1:8000/v1"),
                    own("llamacpp", "llama.cpp server", "http://127.0.0.1:8080/v1"),
                    own("lmstudio", "LM Studio", "http://127.0.0.1:1234/v1"),
                    hosted("compatible", "Any OpenAI-compatible API", "", ""));

    private VendorTable() {}

    /** The row of this name. */
    public static Optional<Vendor> named(String name) {
        return ALL.stream().filter(v -> v.name().equals(name)).findFirst();
    }

    private static Vendor hosted(String name, String title, String baseUrl, String variable) {
        return new Vendor(
                name,
                title,
                baseUrl,
                variable,
                !variable.isEmpty(),
                KeyHeader.BEARER,
                "/chat/completions",
                "/embeddings",
                "/models",
                true,
                "");
    }

    /** Runs on a machine of one's own, mostly without a key. */
    private static Vendor own(String name, String title, String baseUrl) {
        return hosted(name, title, baseUrl, "");
    }

    /**
     * Its catalogue lies beside the inference API, not under it (docs.github.com, REST API
     * endpoints for models).
     */
    private static Vendor githubModels() {
        return new Vendor(
                "github",
                "GitHub Models",
                "https://models.github.ai",
                "GITHUB_TOKEN",
                true,
                KeyHeader.BEARER,
                "/inference/chat/completions",
                "/inference/embeddings",
                "/catalog/models",
                true,
                "");
    }

    /** Tells a stream's usage in its last chunk unasked (docs.mistral.ai, chat completion). */
    private static Vendor mistral() {
        return new Vendor(
                "mistral",
                "Mistral AI",
                "https://api.mistral.ai/v1",
                "MISTRAL_API_KEY",
                true,
                KeyHeader.BEARER,
                "/chat/completions",
                "/embeddings",
                "/models",
                false,
                "");
    }

    /** Deployments in the path and the version in the query (Azure OpenAI REST API reference). */
    private static Vendor azure() {
        return new Vendor(
                "azure",
                "Azure OpenAI",
                "",
                "AZURE_OPENAI_API_KEY",
                true,
                KeyHeader.API_KEY,
                "/openai/deployments/{model}/chat/completions",
                "/openai/deployments/{model}/embeddings",
                "/openai/models",
                true,
                "?api-version=2024-10-21");
    }
}
