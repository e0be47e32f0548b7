package agency.bench.gateway;

import agency.bench.load.Call;
import agency.bench.load.ProcessTree;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Something between the load and the upstream, started and ready. */
interface Subject extends AutoCloseable {

    /** The name in tables. */
    String name();

    /** Its port on the loopback address. */
    int port();

    /** All its processes. */
    ProcessTree processes();

    /** Headers that a client of it sends. */
    Map<String, String> headers();

    /** Whether its streaming works well enough to be measured. */
    default boolean streams() {
        return true;
    }

    /** A read of its management interface, if it has one. */
    default Optional<Call> management() {
        return Optional.empty();
    }

    /** How long a start on existing data took until it was ready, where that was looked at. */
    default OptionalDouble millisToReady() {
        return OptionalDouble.empty();
    }

    @Override
    void close();

    /** About 1 KB in, about 1 KB out. */
    default Call plain() {
        return Bodies.call(this, "[[bench]]", false);
    }

    /** A stream of so many pieces, so many milliseconds apart. */
    default Call stream(int chunks, int ms) {
        return Bodies.call(this, "[[bench chunks=" + chunks + " ms=" + ms + "]]", true);
    }
}
