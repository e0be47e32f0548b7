package agency.platform.log.http;

import agency.kernel.fact.Recorded;
import agency.platform.json.Json;
import agency.platform.log.codec.FactCodec;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A fact as an administrator sees it: of personal texts only whom they are about.
 *
 * @param typeVersion the version of its type that it is stored in
 * @param fact its body in the newest version
 */
record ShownFact(
        String position,
        int tenant,
        String category,
        String key,
        int version,
        UUID id,
        String type,
        int typeVersion,
        Instant recordedAt,
        String actor,
        UUID correlation,
        @Nullable UUID causation,
        JsonNode fact) {
    static ShownFact of(Recorded recorded, FactCodec codec) {
        byte[] body = codec.encode(recorded.type(), recorded.fact(), FactCodec.nowhere()).body();
        return new ShownFact(
                recorded.position().toString(),
                recorded.stream().tenant(),
                recorded.stream().category(),
                recorded.stream().key(),
                recorded.version(),
                recorded.id(),
                recorded.type().name(),
                recorded.storedAs(),
                recorded.recordedAt(),
                recorded.meta().actor(),
                recorded.meta().correlation(),
                recorded.meta().causation(),
                Json.mapper().readTree(body));
    }
}
