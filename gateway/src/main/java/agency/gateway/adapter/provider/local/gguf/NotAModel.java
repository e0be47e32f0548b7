package agency.gateway.adapter.provider.local.gguf;

import java.io.IOException;

/** The file is not a GGUF model, or not a whole one; the message says what was found and where. */
public final class NotAModel extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong with the file. */
    public NotAModel(String message) {
        super(message);
    }
}
