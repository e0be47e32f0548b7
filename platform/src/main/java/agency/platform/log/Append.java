package agency.platform.log;

import agency.kernel.fact.FactMeta;
import agency.kernel.fact.StreamName;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request to append facts to one stream, all or none.
 *
 * @param stream which stream
 * @param expectedVersion the version the caller decided on (0: the stream does not exist yet), or
 *     {@link #ANY}
 * @param facts what happened, in order, at least one
 * @param meta its circumstances
 * @param id makes a repeated request without an expected version harmless; the first fact's id.
 *     Null: one is made
 * @param claims uniqueness streams to be claimed or given back in the same append; empty for most
 */
public record Append(
        StreamName stream,
        int expectedVersion,
        List<? extends Record> facts,
        FactMeta meta,
        @Nullable UUID id,
        List<Claim> claims) {
    /** Append whatever the version is; needs an {@link #id()}. */
    public static final int ANY = -1;

    /** Most facts in one append. */
    public static final int MAX_FACTS = 512;

    /** Refuses an empty or overlong list, and {@link #ANY} without an id. */
    public Append {
        facts = List.copyOf(facts);
        claims = List.copyOf(claims);
        if (facts.isEmpty() || facts.size() > MAX_FACTS) {
            throw new IllegalArgumentException(
                    "an append has 1 to " + MAX_FACTS + " facts, not " + facts.size());
        }
        if (expectedVersion < ANY || (expectedVersion == ANY && id == null)) {
            throw new IllegalArgumentException("an append without an expected version needs an id");
        }
    }

    /** An append at an expected version, without claims. */
    public static Append at(
            StreamName stream, int expectedVersion, List<? extends Record> facts, FactMeta meta) {
        return new Append(stream, expectedVersion, facts, meta, null, List.of());
    }

    /**
     * A value that may stand only once in its tenant, such as an e-mail address or a slug.
     *
     * @param kind what kind of value
     * @param value the value itself, stored only as a keyed hash
     * @param held true to claim it, false to give it back
     */
    public record Claim(String kind, String value, boolean held) {}
}
