package agency.platform.postgres;

/**
 * A schema and where its migrations lie on the class path.
 *
 * @param name the schema
 * @param location a folder of {@code V1__words.sql}, {@code V2__…}; {@code ${runtime}} stands for
 *     the runtime role
 * @param open whether the runtime role may read and write all of its tables; otherwise its
 *     migrations grant what it may
 */
public record Schema(String name, String location, boolean open) {
    /** A schema that says itself what the runtime role may. */
    public static Schema closed(String name, String location) {
        return new Schema(name, location, false);
    }

    /** A schema of a context: the runtime role reads and writes its tables. */
    public static Schema of(String name, String location) {
        return new Schema(name, location, true);
    }
}
