package agency.platform.log.codec;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Seals and opens the personal texts inside facts, each under a key of the person it is about. */
public interface PersonalTexts {
    /**
     * Where a personal text stands; bound into its seal, so that it cannot be moved elsewhere.
     *
     * @param tenant the organisation's number
     * @param event the fact's id
     */
    record Place(int tenant, UUID event) {}

    /**
     * A sealed text.
     *
     * @param keyId the number of the person's key
     * @param bytes nonce, ciphertext and tag
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Sealed(long keyId, byte[] bytes) {}

    /** Seals a text about a person. Throws a Fault when the person was erased. */
    Sealed seal(Place place, UUID person, String text);

    /** Opens a text, or null when the person was erased. */
    @Nullable String open(Place place, UUID person, byte[] sealed);
}
