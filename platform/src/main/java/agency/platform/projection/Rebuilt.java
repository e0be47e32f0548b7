package agency.platform.projection;

/** What came of the wish to build a projection's rows anew. */
public sealed interface Rebuilt {
    /**
     * It has begun.
     *
     * @param generation the new one
     */
    record Begun(int generation) implements Rebuilt {}

    /** One is being built, or what is read is fed by a program of another revision. */
    record NotNow() implements Rebuilt {}

    /** Facts that the rows are made of lie in archives. */
    record FactsArchived() implements Rebuilt {}
}
