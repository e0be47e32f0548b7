package agency.platform.http;

import java.util.UUID;
import java.util.concurrent.Callable;

/** Sees to it that a repeated request is done once. */
public interface Once {
    /** Does every request as often as it comes. */
    Once NEVER = (asked, handler) -> handler.call();

    /**
     * What a caller asks with a key of his own.
     *
     * @param tenant whose
     * @param actor the id of the key or session that asks
     * @param request method and path
     * @param key what the caller calls it
     * @param body what was sent
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Asked(int tenant, UUID actor, String request, String key, byte[] body) {}

    /**
     * The handler's answer, or the answer that it gave before. Throws {@link Problem} when the key
     * was used for something else, when the first request is still under way, and when it is not
     * known what became of it.
     */
    Answer answer(Asked asked, Callable<Answer> handler) throws Exception;
}
