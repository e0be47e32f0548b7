package agency.gateway.adapter.provider.local;

import agency.gateway.adapter.provider.local.chat.ChatSettings;
import java.net.URI;
import java.nio.file.Path;

/**
 * How local models are kept and run.
 *
 * @param models the folder of models
 * @param natives the folder for unpacked libraries
 * @param hub the address of the model hub
 * @param chat how chat models are run
 */
public record LocalSettings(Path models, Path natives, URI hub, ChatSettings chat) {
    /** The public hub. */
    public static final URI HUGGING_FACE = URI.create("https://huggingface.co");

    /** What suits most machines, under a data directory. */
    public static LocalSettings under(Path data) {
        Path natives = data.resolve("native");
        return new LocalSettings(
                data.resolve("models"), natives, HUGGING_FACE, ChatSettings.usual(natives));
    }
}
