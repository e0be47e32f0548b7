package agency.gateway.domain.routing;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a model is good for, as far as its name tells: vendors' lists rarely say. Used to suggest a
 * model to people, never to refuse one.
 */
public enum ModelKind {
    /** It talks. */
    CHAT,
    /** It makes vectors of text. */
    EMBEDDING,
    /** It draws, speaks, hears, ranks or judges. */
    OTHER;

    private static final Pattern EMBEDS = Pattern.compile("embed|(^|[/-])(bge|e5|gte|minilm)-");

    /** The words by which the vendors of {@code VendorTable} call what is no chat model. */
    private static final Pattern OTHERWISE =
            Pattern.compile(
                    "whisper|tts|speech|transcri|audio|realtime|image|dall-e|diffusion|flux|sora"
                            + "|video|moderation|guard|rerank|ocr|davinci|babbage|turbo-instruct"
                            + "|deep-research|search|computer-use|codex");

    /** The words by which they call what answers quickly and costs little. */
    private static final Pattern SMALL =
            Pattern.compile("mini|nano|small|flash|lite|haiku|instant|turbo|(^|[^0-9])[1-9]b");

    /** The kind of a model of this name. */
    public static ModelKind of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (EMBEDS.matcher(lower).find()) return EMBEDDING;
        return OTHERWISE.matcher(lower).find() ? OTHER : CHAT;
    }

    /** The chat model to suggest for a first call: a small one where there is one. */
    public static Optional<Routed.To> toTry(List<Routed.To> models) {
        List<Routed.To> chat = models.stream().filter(to -> of(to.model()) == CHAT).toList();
        return chat.stream()
                .filter(to -> SMALL.matcher(to.model().toLowerCase(Locale.ROOT)).find())
                .findFirst()
                .or(() -> chat.stream().findFirst());
    }
}
