package agency.app.doctor;

/**
 * One thing the doctor looked at.
 *
 * @param what what was looked at, a word or two
 * @param state how it is
 * @param seen what was seen
 * @param fix what to do; empty when it is good
 */
public record Finding(String what, State state, String seen, String fix) {
    /** How a thing is. */
    public enum State {
        /** As it should be. */
        GOOD,
        /** It works, but should be seen to. */
        WARNING,
        /** Agency cannot work like this. */
        BAD
    }

    /** Good. */
    public static Finding good(String what, String seen) {
        return new Finding(what, State.GOOD, seen, "");
    }

    /** Works, but should be seen to. */
    public static Finding warning(String what, String seen, String fix) {
        return new Finding(what, State.WARNING, seen, fix);
    }

    /** Does not work. */
    public static Finding bad(String what, String seen, String fix) {
        return new Finding(what, State.BAD, seen, fix);
    }
}
