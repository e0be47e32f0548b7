package agency.platform.projection;

/** How going back to an earlier generation of a projection went. */
public sealed interface RolledBack {
    /** Queries read this generation now. */
    record To(int generation, int revision) implements RolledBack {}

    /** There is none to go back to, or not this one. */
    record Nothing() implements RolledBack {}

    /** One is being built: what is read changes when it is. */
    record Building() implements RolledBack {}
}
